// Confidence in words.

/** How far a price can be trusted, with what that means. */
export const CONFIDENCE = {
    high: ['Sure', 'Several sources agree on this price.'], medium: ['One source', 'One source says so.'],
    low: ['Unsure', 'Sources do not agree on this price.'], stale: ['Stale', 'Nothing newer has been heard for a while.'],
};
