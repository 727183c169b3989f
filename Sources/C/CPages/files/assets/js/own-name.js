// Another name for oneself; and in development "You are Amber Otter · change", beside where one writes.

import { h, button } from './dom.js';
import { field, openForm } from './overlay.js';

export function changeName(workspace, rename) {
    return openForm('Change your name', {
        submit: 'Change',
        fields: [field('Your name', 'name', { required: true, maxlength: 40, pattern: '.*\\S.*', value: workspace.me.name, autofocus: true, autocomplete: 'nickname' }, 'Others see it from now on.')],
        save: async ({ name }) => {
            if (name.trim() !== workspace.me.name) await rename(name.trim());
        },
    });
}

/** The line beside the composer; nothing for people whose site gave them their name. */
export const ownName = (workspace, change) => workspace.session.isOwnPerson
    ? h('p', { class: 'own-name' }, h('span', null, 'You are ', h('bdi', null, workspace.me.name)), ' · ', button('change', change, 'is-link'))
    : null;
