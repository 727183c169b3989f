// The alerts on the chosen symbol or portfolio: what they wait for, and a form for another one.

import { button, fill, h, icon, iconButton } from '../dom.js';
import { attempt, sentence } from '../overlay.js';
import { openAlertForm } from './alert-form.js';
import { conditionWords, stateWords } from './alert-words.js';

export class AlertView {
    /** `{ symbol }` or `{ portfolio }`. */
    #subject = {};

    constructor(desk) {
        this.desk = desk;
        this.list = h('ul', { class: 'alert-list', 'aria-label': 'Alerts' });
        this.element = h('section', { class: 'alerts', 'aria-label': 'Alerts' },
            h('header', { class: 'alerts-head' }, h('h2', null, 'Alerts'), button([icon('bell'), 'Set an alert'], () => openAlertForm(desk, this.#subject), 'is-quiet')), this.list);
        desk.alerts.on('change', () => this.#draw());
    }

    get #key() { return this.#subject.portfolio ?? this.#subject.symbol; }

    show(subject) {
        this.#subject = subject;
        this.#draw();
        this.#load();
    }

    #load() {
        const key = this.#key;
        this.desk.alerts.load(key).catch(error => {
            if (key !== this.#key || this.desk.alerts.of(key)) return;
            fill(this.list, h('li', { class: 'problem' }, `${sentence(error)} `, button('Try again', () => this.#load(), 'is-link')));
        });
    }

    #draw() {
        const alerts = this.desk.alerts.of(this.#key);
        if (!alerts) return fill(this.list, h('li', { class: 'muted' }, 'They are being read …'));
        const { portfolio } = this.#subject;
        const how = portfolio ? 'An alert tells you here and in your other windows when the value gets where you wait for it.'
            : 'Pick a level in the chart, and you are told here and in your other windows when the price gets there.';
        fill(this.list, alerts.length ? alerts.map(alert => this.#row(alert)) : h('li', { class: 'muted' }, `None yet. ${how}`));
    }

    #row(alert) {
        const words = conditionWords(alert);
        return h('li', { class: alert.active ? 'alert-row' : 'alert-row is-over' }, h('span', { class: 'number alert-words' }, words),
            alert.note ? h('bdi', { class: 'muted' }, alert.note) : null, h('span', { class: 'muted alert-state' }, stateWords(alert)),
            iconButton('edit', `Change the alert: ${words}`, () => openAlertForm(this.desk, { ...this.#subject, kind: alert.kind }, alert)),
            iconButton('trash', `Delete the alert: ${words}`, () => attempt(() => this.desk.alerts.remove(alert))));
    }
}
