print("openhook")
