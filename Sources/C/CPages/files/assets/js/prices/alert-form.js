// The dialog in which an alert is made or changed: from the list, from a level of the chart, from the risk.

import { button, fill, h } from '../dom.js';
import { attempt, field, openForm } from '../overlay.js';
import { AGAIN, MINUTE, PAUSES, WHEN, conditionNote, conditionWords } from './alert-words.js';
import { exactText, plainText, unitsOf } from './decimal.js';

/** Prices move ten times a second: so often nobody wants to be told. */
const USUAL_PAUSE = 15 * MINUTE;

/** What the subject is at now, as the wire has it; undefined where nobody knows. */
function currentOf(desk, { symbol, portfolio, kind }) {
    if (portfolio) return desk.portfolios.valuation(portfolio)?.value;
    if (kind !== 'risk_score') return desk.quotes.get(symbol)?.price;
    const score = desk.risks.of(symbol)?.score;
    return score === undefined ? undefined : String(score);
}

/** The condition that makes sense for a level: what has to happen until it is reached. */
export function sensible(level, now) {
    const [units, current] = [unitsOf(level), unitsOf(now)];
    return current !== null && units < current ? '<' : '>';
}

/**
 * `subject`: { symbol, kind? } or { portfolio }. `start` is what the form begins with: { value, operator }, or an alert, which is
 * changed then.
 */
export function openAlertForm(desk, subject, start = {}) {
    const { symbol, portfolio, kind = portfolio ? 'portfolio_value' : 'price' } = subject;
    const alert = start.id ? start : null;
    const now = currentOf(desk, { symbol, portfolio, kind });
    const value = start.value ?? now ?? '';
    const what = { risk_score: 'risk', portfolio_value: 'value' }[kind] ?? 'price';
    const level = { risk_score: 'Score, 0 to 100', portfolio_value: 'Value' }[kind] ?? 'Price';
    const note = h('small', { role: 'status' });
    let isChosen = Boolean(alert);
    const explain = () => {
        const text = plainText(amount.value);
        // Until somebody says otherwise it is what has to happen until the price is there.
        if (!isChosen && unitsOf(text) !== null) when.value = sensible(text, now);
        fill(note, conditionNote({ kind, operator: when.value, value: text, now: currentOf(desk, { symbol, portfolio, kind }) }));
    };
    const condition = field(`When the ${what}`, 'operator', { tag: 'select', options: Object.entries(WHEN), value: start.operator ?? sensible(value, now), onchange: () => { isChosen = true; explain(); } });
    const input = field(level, 'value', { class: 'field number', inputmode: 'decimal', autocomplete: 'off', required: true, autofocus: true, value: exactText(value), oninput: explain });
    const [when, amount] = [condition.querySelector('select'), input.querySelector('input')];
    input.append(note);
    const pause = field('Pause after each', 'cooldown_ms', { tag: 'select', options: pausesWith(alert?.cooldown_ms), value: alert?.cooldown_ms ?? 0 });
    const often = field('How often', 'repeat', { tag: 'select', options: Object.entries(AGAIN), value: alert?.repeat ?? 'once', onchange: () => arrange({ isNew: true }) });
    const arrange = ({ isNew = false } = {}) => {
        const repeat = often.querySelector('select').value;
        const select = pause.querySelector('select');
        // Of one that tells once there is nothing after it.
        pause.hidden = repeat === 'once';
        if (isNew && repeat === 'while_true' && select.value === '0') select.value = String(USUAL_PAUSE);
    };
    arrange();
    explain();
    const save = values => {
        const { cooldown_ms: cooldown, state, ...rest } = values;
        const wanted = { ...rest, value: plainText(values.value), cooldown_ms: values.repeat === 'once' ? 0 : Number(cooldown) };
        return alert ? desk.alerts.change(alert, { ...wanted, active: state === 'on' }) : desk.alerts.make({ symbol, portfolio, kind }, wanted);
    };
    const name = portfolio ? desk.portfolios.of(portfolio)?.name : symbol;
    return openForm(alert ? `Alert: ${name} ${conditionWords(alert).toLowerCase()}` : `Alert on ${kind === 'risk_score' ? `the risk of ${name}` : name}`, {
        fields: [
            condition, input, often, pause,
            field('Note', 'note', { maxlength: 200, autocomplete: 'off', placeholder: 'What you want to do then', value: alert?.note ?? '' }),
            alert ? field('It is', 'state', { tag: 'select', options: [['on', 'Watching'], ['off', alert.trigger_count && alert.repeat === 'once' ? 'Done' : 'Paused']], value: alert.active ? 'on' : 'off' }) : null,
            alert ? button('Delete this alert', ({ target }) => {
                target.closest('dialog').close();
                attempt(() => desk.alerts.remove(alert));
            }, 'is-link is-danger-link') : null,
        ],
        submit: alert ? 'Keep' : 'Set alert', save,
    });
}

/** One that was made elsewhere may have a pause of its own. */
const pausesWith = own => own && !PAUSES.some(([ms]) => ms === own) ? [...PAUSES, [own, `${(own / MINUTE).toLocaleString()} minutes`]] : PAUSES;
