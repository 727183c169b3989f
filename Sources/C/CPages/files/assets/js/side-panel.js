// The right column: people, pins, documents, one thread. Below 1,100 px it is a drawer, on a phone a screen.

import { h, fill, iconButton } from './dom.js';
import { PeoplePanel } from './people.js';
import { PinsPanel, DocumentsPanel } from './pins.js';
import { ThreadPanel } from './thread.js';

export class SidePanel {
    constructor(workspace, actions, { closed, jump }) {
        this.workspace = workspace;
        this.panels = {
            people: new PeoplePanel(workspace, actions),
            pins: new PinsPanel(workspace, jump),
            documents: new DocumentsPanel(workspace, jump),
            thread: new ThreadPanel(workspace, actions, jump),
        };
        this.tabs = Object.entries({ people: 'People', pins: 'Pins', documents: 'Docs', thread: 'Thread' }).map(([name, label]) =>
            h('button', { type: 'button', class: 'tab', role: 'tab', id: `tab-${name}`, 'aria-controls': 'side-body', 'data-name': name, onclick: () => this.open(name) }, label));
        this.body = h('div', { class: 'side-body', id: 'side-body', role: 'tabpanel' });
        const tabs = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Room details', onkeydown: event => this.#key(event) }, this.tabs);
        this.element = h('aside', { class: 'side', 'aria-label': 'Room details' },
            h('header', { class: 'side-head' }, tabs, iconButton('close', 'Close', closed, { class: 'icon-button side-close' })), this.body);
        workspace.on('open', () => { this.panels.thread.leave(); this.open('people'); });
        this.open('people');
    }

    open(name) {
        this.current = name;
        for (const tab of this.tabs) {
            const isOn = tab.dataset.name === name;
            tab.setAttribute('aria-selected', String(isOn));
            tab.tabIndex = isOn ? 0 : -1;
            tab.hidden = tab.dataset.name === 'thread' && !isOn && !this.panels.thread.root;
        }
        this.body.setAttribute('aria-labelledby', `tab-${name}`);
        fill(this.body, this.panels[name].element);
        if (this.workspace.current) this.panels[name].show(this.workspace.model(this.workspace.current));
    }

    openThread(message) {
        this.panels.thread.root = message;
        this.open('thread');
        this.panels.thread.focus();
    }

    #key(event) {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const shown = this.tabs.filter(tab => !tab.hidden);
        const next = shown[(shown.indexOf(document.activeElement) + step + shown.length) % shown.length];
        this.open(next.dataset.name);
        next.focus();
    }
}
