extension String {
    /// "twoDisease" → "two_disease", "tier1" → "tier1": the names of the wire.
    package var snakeCased: String {
        var text = ""
        for character in self {
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
        return text
    }
}
