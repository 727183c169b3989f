/// How rare a badge is.
public enum BadgeRarity: String, CaseIterable, Sendable {
    case common, rare, epic, legendary
}
