/// The one word that was perhaps meant; nil if none is close, or two are equally close.
func closestWord(to bytes: some Collection<UInt8>, among words: some Sequence<String>) -> String? {
    // In a shorter word anything is close, in a longer one nothing was meant.
    guard (3...32).contains(bytes.count) else { return nil }
    let written = Array(bytes)
    let farthest = written.count <= 4 ? 1 : written.count <= 7 ? 2 : 3
    var closest: String?
    var best = farthest + 1
    for word in words {
        let distance = editDistance(written, Array(word.utf8))
        guard distance <= best else { continue }
        closest = distance < best ? word : nil
        best = distance
    }
    return best <= farthest ? closest : nil
}

/// How many bytes have to be inserted, removed, replaced, or swapped with their neighbour.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            let isSame = left[row] == right[column]
            var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (isSame ? 0 : 1))
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            current.append(cost)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
