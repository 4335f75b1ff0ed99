print("openhookd")
