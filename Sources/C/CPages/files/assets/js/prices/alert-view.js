// The alerts of the chosen symbol, below its chart: what they wait for, and a form for another one.

import { button, fill, h, icon, iconButton } from '../dom.js';
import { attempt, openForm, sentence } from '../overlay.js';

const WHEN = { '>=': 'rises to', '<=': 'falls to', '>': 'rises above', '<': 'falls below', crosses: 'crosses' };
const AGAIN = { once: 'Once', on_crossing: 'Each time that becomes true' };

export class AlertView {
    #symbol = null;

    constructor(desk) {
        this.desk = desk;
        this.list = h('ul', { class: 'alert-list', 'aria-label': 'Alerts' });
        this.element = h('section', { class: 'alerts', 'aria-label': 'Alerts' },
            h('header', { class: 'alerts-head' }, h('h2', null, 'Alerts'), button([icon('bell'), 'Set an alert'], () => this.#form(), 'is-quiet')), this.list);
        desk.alerts.on('change', () => this.#draw());
    }

    show(symbol) {
        this.#symbol = symbol;
        this.#draw();
        this.desk.alerts.load(symbol).catch(error => { if (symbol === this.#symbol && !this.desk.alerts.of(symbol)) fill(this.list, h('li', { class: 'problem' }, sentence(error))); });
    }

    #draw() {
        const alerts = this.desk.alerts.of(this.#symbol);
        if (!alerts) return fill(this.list);
        fill(this.list, alerts.length ? alerts.map(alert => this.#row(alert)) : h('li', { class: 'muted' }, 'None yet. An alert tells you here and in your other windows when the price gets where you wait for it.'));
    }

    #row(alert) {
        const words = `${WHEN[alert.operator] ?? alert.operator} ${alert.value}`;
        const fired = alert.trigger_count ? `fired ${alert.trigger_count === 1 ? 'once' : `${alert.trigger_count} times`}` : null;
        return h('li', { class: alert.active ? 'alert-row' : 'alert-row is-over' }, h('span', { class: 'number' }, words),
            alert.note ? h('bdi', { class: 'muted' }, alert.note) : null, h('span', { class: 'muted alert-state' }, [alert.active ? null : 'over', fired].filter(Boolean).join(', ')),
            iconButton('trash', `Delete the alert that it ${words}`, () => attempt(() => this.desk.alerts.remove(alert))));
    }

    #form() {
        const symbol = this.#symbol;
        const choice = (name, options) => h('select', { class: 'field', name }, Object.entries(options).map(([value, words]) => h('option', { value }, words)));
        return openForm(`Alert on ${symbol}`, {
            fields: [
                h('label', { class: 'labelled' }, 'When the price', choice('operator', WHEN)),
                h('label', { class: 'labelled' }, 'Price', h('input', {
                    class: 'field number', name: 'value', inputmode: 'decimal', autocomplete: 'off', required: true, autofocus: true, value: this.desk.quotes.get(symbol)?.price ?? '',
                })),
                h('label', { class: 'labelled' }, 'How often', choice('repeat', AGAIN)),
                h('label', { class: 'labelled' }, 'Note', h('input', { class: 'field', name: 'note', maxlength: 200, autocomplete: 'off', placeholder: 'What you want to do then' })),
            ],
            submit: 'Set alert', save: values => this.desk.alerts.make(symbol, values),
        });
    }
}
