// Where we are is in the address: `#/SYMBOL/1h`, or `#/p:ID` for a portfolio, which no symbol looks like.

export const INTERVALS = { '1m': 60_000, '5m': 300_000, '15m': 900_000, '1h': 3_600_000, '4h': 14_400_000, '1d': 86_400_000 };

export function readPlace() {
    const portfolio = location.hash.match(/^#\/p:([0-9A-Za-z-]{1,64})$/);
    if (portfolio) return { symbol: null, interval: null, portfolio: portfolio[1] };
    const match = location.hash.match(/^#\/([A-Za-z0-9][A-Za-z0-9._-]{0,31})(?:\/(\w+))?$/);
    return { symbol: match?.[1] ?? null, interval: INTERVALS[match?.[2]] ? match[2] : null, portfolio: null };
}

export const placeOf = ({ symbol, interval, portfolio }) => portfolio ? `#/p:${portfolio}` : `#/${symbol ?? ''}${symbol && interval ? `/${interval}` : ''}`;

export const goTo = place => { location.hash = placeOf(place); };
