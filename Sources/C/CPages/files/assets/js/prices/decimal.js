// Exact decimals: prices come as texts, and what is shown of them was never a binary fraction. Whole numbers of 10⁻¹⁸.

export const PLACES = 18;
const ONE = 10n ** BigInt(PLACES);
const separators = Object.fromEntries(new Intl.NumberFormat([], { useGrouping: true }).formatToParts(12345.6).map(part => [part.type, part.value]));

/** `'64000.01'` as a whole number of 10⁻¹⁸; null for what is no decimal. */
export function unitsOf(text) {
    const match = /^(-?)(\d+)(?:\.(\d{1,18}))?$/.exec(text ?? '');
    if (!match) return null;
    const units = BigInt(match[2]) * ONE + BigInt((match[3] ?? '').padEnd(PLACES, '0'));
    return match[1] ? -units : units;
}

const grouped = whole => whole.replace(/\B(?=(\d{3})+$)/g, separators.group ?? '');

/** Rounded half away from zero to so many places; `least` of them are shown also where they are noughts. */
export function textOf(units, places, least = places) {
    const step = 10n ** BigInt(PLACES - places);
    const size = units < 0n ? -units : units;
    const rounded = (size + step / 2n) / step;
    const digits = String(rounded).padStart(places + 1, '0');
    let fraction = places ? digits.slice(-places) : '';
    while (fraction.length > least && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
    const sign = units < 0n && rounded > 0n ? '−' : '';
    return `${sign}${grouped(digits.slice(0, digits.length - places))}${fraction ? (separators.decimal ?? '.') + fraction : ''}`;
}

/** The same for programs: no separators, a point, no noughts at the end. */
export function plainOf(units, places = PLACES) {
    const step = 10n ** BigInt(PLACES - places);
    const digits = String((units + step / 2n) / step * step).padStart(PLACES + 1, '0');
    const fraction = digits.slice(-PLACES).replace(/0+$/, '');
    return `${digits.slice(0, -PLACES)}${fraction && `.${fraction}`}`;
}

/** All of a decimal's digits, as people here write them; what is no decimal as it is. */
export function exactText(text) {
    const units = unitsOf(text);
    return units === null ? String(text) : textOf(units, PLACES, 0);
}

/** What somebody wrote, with the separators of this place or plainly, for programs; what is no decimal as it is. */
export function plainText(text) {
    const tight = text.replace(/[\s’']/g, '');
    const { group = ',', decimal = '.' } = separators;
    const [whole, fraction, ...more] = tight.split(decimal);
    const parts = whole.split(group);
    const isGrouped = parts.length > 1 && /^[1-9]\d{0,2}$/.test(parts[0]) && parts.slice(1).every(part => /^\d{3}$/.test(part));
    if (!more.length && (isGrouped || parts.length === 1) && parts.every(part => /^\d+$/.test(part)) && /^\d*$/.test(fraction ?? '')) {
        return fraction ? `${parts.join('')}.${fraction}` : parts.join('');
    }
    return tight;
}

/** Places of a price that say enough: four after a whole part, else six digits that count. */
export function placesOf(units) {
    const size = units < 0n ? -units : units;
    if (size === 0n) return 2;
    if (size >= ONE) return 4;
    return Math.min(PLACES, PLACES - String(size).length + 6);
}

/** A price as people read it; the whole of it belongs into the tooltip. */
export function priceText(text) {
    const units = unitsOf(text);
    return units === null ? String(text) : textOf(units, placesOf(units), 2);
}

/** How much more `now` is than `before`, in per cent with two places; null where there is nothing to compare with. */
export function change(now, before) {
    const [a, b] = [unitsOf(now), unitsOf(before)];
    if (a === null || b === null || b <= 0n) return null;
    // In hundredths of a per cent, rounded half away from zero.
    const difference = (a - b) * 10_000n * 2n;
    const hundredths = (difference + (difference < 0n ? -b : b)) / (b * 2n);
    const size = textOf((hundredths < 0n ? -hundredths : hundredths) * (ONE / 100n), 2);
    return { text: `${hundredths > 0n ? '+' : hundredths < 0n ? '−' : ''}${size} %`, direction: hundredths > 0n ? 1 : hundredths < 0n ? -1 : 0 };
}

/** A sum of money as people read it: two places, or what counts of less than one. */
export function amountText(text) {
    const units = unitsOf(text);
    if (units === null) return String(text);
    const size = units < 0n ? -units : units;
    return size >= ONE || size === 0n ? textOf(units, 2) : textOf(units, placesOf(units), 2);
}

/** The same with its sign, and where it goes. */
export function signedText(text) {
    const units = unitsOf(text) ?? 0n;
    return { text: `${units > 0n ? '+' : ''}${amountText(text)}`, direction: units > 0n ? 1 : units < 0n ? -1 : 0 };
}

/** A share of 1 in per cent. */
export function shareText(text, { signed = false } = {}) {
    const units = unitsOf(text) ?? 0n;
    return `${signed && units > 0n ? '+' : ''}${textOf(units * 100n, 2)} %`;
}
