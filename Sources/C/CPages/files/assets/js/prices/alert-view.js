// The alerts on the chosen symbol or portfolio: what they wait for, and a form for another one.

import { button, fill, h, icon, iconButton } from '../dom.js';
import { attempt, field, openForm, sentence } from '../overlay.js';

const WHEN = { '>=': 'rises to', '<=': 'falls to', '>': 'rises above', '<': 'falls below', crosses: 'crosses' };
const AGAIN = { once: 'Once', on_crossing: 'Each time that becomes true', while_true: 'Again and again while it is true' };
const MINUTE = 60_000;
const PAUSES = [[0, 'None'], [MINUTE, '1 minute'], [15 * MINUTE, '15 minutes'], [60 * MINUTE, '1 hour'], [1440 * MINUTE, '1 day']];
/** Prices move ten times a second: so often nobody wants to be told. */
const USUAL_PAUSE = 15 * MINUTE;

export class AlertView {
    /** `{ symbol }` or `{ portfolio }`. */
    #subject = {};

    constructor(desk) {
        this.desk = desk;
        this.list = h('ul', { class: 'alert-list', 'aria-label': 'Alerts' });
        this.element = h('section', { class: 'alerts', 'aria-label': 'Alerts' },
            h('header', { class: 'alerts-head' }, h('h2', null, 'Alerts'), button([icon('bell'), 'Set an alert'], () => this.#form(), 'is-quiet')), this.list);
        desk.alerts.on('change', () => this.#draw());
    }

    get #key() { return this.#subject.portfolio ?? this.#subject.symbol; }

    show(subject) {
        this.#subject = subject;
        const key = this.#key;
        this.#draw();
        this.desk.alerts.load(key).catch(error => { if (key === this.#key && !this.desk.alerts.of(key)) fill(this.list, h('li', { class: 'problem' }, sentence(error))); });
    }

    #draw() {
        const alerts = this.desk.alerts.of(this.#key);
        if (!alerts) return fill(this.list);
        fill(this.list, alerts.length ? alerts.map(alert => this.#row(alert)) : h('li', { class: 'muted' }, `None yet. An alert tells you here and in your other windows when the ${this.#subject.portfolio ? 'value' : 'price'} gets where you wait for it.`));
    }

    #row(alert) {
        const words = `${WHEN[alert.operator] ?? alert.operator} ${alert.value}`;
        const pause = PAUSES.find(([ms]) => ms > 0 && ms === alert.cooldown_ms)?.[1];
        const again = alert.repeat === 'while_true' ? `while true${pause ? `, every ${pause.replace(/^1 /, '')}` : ''}` : null;
        const fired = alert.trigger_count ? `fired ${alert.trigger_count === 1 ? 'once' : `${alert.trigger_count} times`}` : null;
        return h('li', { class: alert.active ? 'alert-row' : 'alert-row is-over' }, h('span', { class: 'number' }, words),
            alert.note ? h('bdi', { class: 'muted' }, alert.note) : null, h('span', { class: 'muted alert-state' }, [alert.active ? null : 'over', again, fired].filter(Boolean).join(', ')),
            iconButton('trash', `Delete the alert that it ${words}`, () => attempt(() => this.desk.alerts.remove(alert))));
    }

    #form() {
        const subject = this.#subject;
        const what = subject.portfolio ? 'value' : 'price';
        const name = subject.portfolio ? this.desk.portfolios.of(subject.portfolio)?.name : subject.symbol;
        const now = subject.portfolio ? this.desk.portfolios.valuation(subject.portfolio)?.value : this.desk.quotes.get(subject.symbol)?.price;
        const pause = field('Pause after each', 'cooldown_ms', { tag: 'select', options: PAUSES });
        const often = field('How often', 'repeat', {
            tag: 'select', options: Object.entries(AGAIN), onchange: ({ target }) => {
                const select = pause.querySelector('select');
                if (target.value === 'while_true' && select.value === '0') select.value = String(USUAL_PAUSE);
            },
        });
        return openForm(`Alert on ${name}`, {
            fields: [
                field(`When the ${what}`, 'operator', { tag: 'select', options: Object.entries(WHEN) }),
                field(what === 'price' ? 'Price' : 'Value', 'value', { class: 'field number', inputmode: 'decimal', autocomplete: 'off', required: true, autofocus: true, value: now ?? '' }),
                often, pause,
                field('Note', 'note', { maxlength: 200, autocomplete: 'off', placeholder: 'What you want to do then' }),
            ],
            submit: 'Set alert', save: ({ cooldown_ms: cooldown, ...values }) => this.desk.alerts.make(subject, { ...values, cooldown_ms: Number(cooldown) }),
        });
    }
}
