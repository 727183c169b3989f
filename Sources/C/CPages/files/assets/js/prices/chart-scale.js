// From prices to heights and back, and the numbers that stand beside them. All of it in whole numbers of 10⁻¹⁸, so that labels
// say exactly what the line stands for.

import { PLACES, placesOf, priceText, textOf } from './decimal.js';

const PAD = 0.08;
/** Candles that are looked through for how many places a symbol's prices have. */
const LOOKED = 60;

/** A distance of 1, 2 or 5 times a power of ten that gives at most so many lines. */
function niceStep(span, most) {
    const least = span / BigInt(Math.max(1, most)) + 1n;
    let step = 10n ** BigInt(String(least).length - 1);
    for (const factor of [2n, 5n, 10n]) if (step < least) step = 10n ** BigInt(String(least).length - 1) * factor;
    return step;
}

/** How many places a whole number of 10⁻¹⁸ needs. */
function placesNeeded(units) {
    const noughts = /0*$/.exec(String(units))[0].length;
    return Math.max(0, PLACES - noughts);
}

/** How many places a level of these candles is told with: as many as their prices have, and not more than are shown. */
export function levelPlaces(candles, units) {
    const needed = candles.slice(-LOOKED).map(candle => placesNeeded(candle.units.close));
    return Math.min(placesOf(units), Math.max(2, ...needed));
}

/** The scale of these candles on so many pixels; `y` of a price, the price `at` a height. */
export function scaleOf(shown, newest, height) {
    let [low, high] = [shown[0].units.low, shown[0].units.high];
    for (const { units } of shown) {
        if (units.low < low) low = units.low;
        if (units.high > high) high = units.high;
    }
    if (low === high) [low, high] = [low - low / 100n - 1n, high + high / 100n + 1n];
    const room = BigInt(Math.round(Number(high - low) * PAD));
    [low, high] = [low - room, high + room];
    const step = niceStep(high - low, Math.max(2, Math.floor(height / 48)));
    const places = placesNeeded(step);
    return {
        low, high, step, places, y: units => height - Number(units - low) / Number(high - low) * height,
        at: y => low + BigInt(Math.round((1 - y / height) * 1e6)) * (high - low) / 1_000_000n,
        /** The longest text beside it. */
        text: [textOf(high, Math.min(PLACES, places + 1)), priceText(newest.close)].reduce((a, b) => b.length > a.length ? b : a),
    };
}
