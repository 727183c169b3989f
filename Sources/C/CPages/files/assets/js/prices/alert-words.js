// What alerts wait for, in words: as a choice, as a line of the list, as a label in the chart.

import { exactText, unitsOf } from './decimal.js';

export const MINUTE = 60_000;
export const PAUSES = [[0, 'None'], [MINUTE, '1 minute'], [15 * MINUTE, '15 minutes'], [60 * MINUTE, '1 hour'], [1440 * MINUTE, '1 day']];
export const AGAIN = { once: 'Once', on_crossing: 'Each time it comes to that', while_true: 'Again and again while it is so' };
/** In the order in which people want them. */
export const WHEN = { '>': 'rises above', '<': 'falls below', '>=': 'rises to, or above', '<=': 'falls to, or below', crosses: 'crosses, either way' };

const HOLDS = { '>': (a, b) => a > b, '<': (a, b) => a < b, '>=': (a, b) => a >= b, '<=': (a, b) => a <= b };
const SIGNS = { '>': '▲ above', '<': '▼ below', '>=': '▲ at least', '<=': '▼ at most', crosses: '◆ at' };

const thing = kind => ({ risk_score: 'risk', portfolio_value: 'value' })[kind] ?? 'price';

/** "rises above 64,000", and of what where that is not the price. */
export function conditionWords({ kind, operator, value }) {
    const when = { '>=': 'rises to', '<=': 'falls to', crosses: 'crosses' }[operator] ?? WHEN[operator] ?? operator;
    return `${kind === 'risk_score' ? 'Risk ' : ''}${when} ${exactText(value)}`;
}

/** What such a condition does, and whether it is so already. `now` may be unknown. */
export function conditionNote({ kind, operator, value, now }) {
    const units = unitsOf(value);
    if (units === null) return '';
    const [level, what] = [exactText(value), thing(kind)];
    const note = {
        '>': `Tells you once the ${what} is more than ${level}.`, '<': `Tells you once the ${what} is less than ${level}.`,
        '>=': `Tells you once the ${what} is ${level} or more.`, '<=': `Tells you once the ${what} is ${level} or less.`,
        crosses: `Tells you when the ${what} goes through ${level}, up or down.`,
    }[operator];
    const current = unitsOf(now);
    return current !== null && HOLDS[operator]?.(current, units) ? `${note} It is now, so you are told with the next change.` : note;
}

/** How often, how far it has come, and whether it still waits. */
export function stateWords({ active, repeat, cooldown_ms: cooldown, trigger_count: count }) {
    const pause = PAUSES.find(([ms]) => ms > 0 && ms === cooldown)?.[1].replace(/^1 /, '');
    const again = repeat === 'while_true' ? `while it is so${pause ? `, every ${pause}` : ''}` : repeat === 'once' && active ? 'once' : null;
    const fired = count ? `fired ${count === 1 ? 'once' : `${count.toLocaleString()} times`}` : null;
    return [active ? null : repeat === 'once' && count ? 'done' : 'paused', again, fired].filter(Boolean).join(', ');
}

/** The alerts on a price as lines of its chart. */
export const levelsOf = alerts => alerts.filter(({ kind, value }) => kind === 'price' && unitsOf(value) !== null).map(alert => ({
    id: alert.id, units: unitsOf(alert.value), isMuted: !alert.active, alert,
    text: `${SIGNS[alert.operator] ?? alert.operator} ${exactText(alert.value)}${alert.active ? '' : ` · ${stateWords(alert).split(',')[0]}`}`,
}));
