// What is one's own: mail addresses and the name that others see, for whom the server itself signed in.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Mailbox } from './mailbox.mjs';
import { Server, inRoom, skip } from './server.mjs';

function why() {
    if (skip) return skip;
    const { stdout } = spawnSync(process.env.SERVER_BIN, ['config', 'docs'], { encoding: 'utf8' });
    return stdout.includes('`email.webhook_url`') ? false : 'this server sends no codes';
}

async function picture(page, name) {
    if (!process.env.SCREENSHOTS) return;
    mkdirSync(process.env.SCREENSHOTS, { recursive: true });
    writeFileSync(join(process.env.SCREENSHOTS, `${name}.png`), await page.screenshot());
}

describe('one’s own addresses and name', { skip: why() }, () => {
    let mailbox, server, browser;
    before(async () => {
        mailbox = await Mailbox.start();
        server = await Server.start({ isDev: false, settings: { EMAIL_WEBHOOK_URL: mailbox.url, EMAIL_WEBHOOK_SECRET: mailbox.secret, LIMITS_SIGN_INS: 0 } });
        browser = await Browser.start();
    });
    after(async () => {
        await browser?.close();
        await server?.close();
        await mailbox?.close();
    });

    const signIn = async (address, options) => {
        const page = await browser.open(server.base, options);
        page.expects = /auth/;
        await page.click('input[type=email]');
        await page.type(address);
        await page.key('Enter');
        await typeCode(page, address);
        await page.finds('.rail, .main');
        return page;
    };
    const typeCode = async (page, address) => {
        await page.until('the field', () => document.activeElement.name === 'code');
        await page.type(await mailbox.next(address));
    };
    const menu = async (page, item) => {
        await page.click('.me');
        await page.press(item);
    };
    const addresses = page => page.run(() => [...document.querySelectorAll('.mail-address')].map(one => one.innerText));
    const close = async (...pages) => {
        for (const page of pages) {
            assert.deepEqual(page.errors, []);
            await page.close();
        }
    };

    test('another address is added by its code, signs in, and is removed; the last one stays', async () => {
        const page = await signIn('ann@example.org');
        await menu(page, 'Your mail addresses…');
        await page.has('added just now');
        assert.deepEqual(await addresses(page), ['ann@example.org']);
        await page.press('Remove ann@example.org…');
        await page.press('Remove this address');
        await page.has('This is your only way to sign in');
        await page.press('Add an address…');
        await page.until('the field', () => document.activeElement.type === 'email');
        await page.type('ann@work.example');
        await page.key('Enter');
        await page.until('the field of the code', () => document.activeElement.name === 'code');
        const code = await mailbox.next('ann@work.example');
        await page.type(code === '000000' ? '000001' : '000000');
        await page.has('The code is wrong');
        await picture(page, 'emails-code-wide');
        await page.type(code);
        await page.until('both', () => document.querySelectorAll('.mail-address').length === 2);
        await page.has('signs you in from now on');
        await picture(page, 'emails-wide');
        for (const [width, isDark] of [[380, true], [320, false]]) {
            await page.resize(width, 740, { isTouch: true });
            await page.colours(isDark);
            await page.until('a page that fits', () => document.querySelector('dialog .dialog-body').scrollWidth <= document.querySelector('dialog .dialog-body').clientWidth);
            await picture(page, `emails-${width}`);
        }
        const other = await signIn('ann@work.example');
        const id = one => one.run(() => JSON.parse(localStorage.getItem('stoa.sign-in')).user.id);
        assert.equal(await id(other), await id(page));
        await page.press('Remove ann@example.org…');
        await page.press('Remove this address');
        await page.until('one', () => document.querySelectorAll('.mail-address').length === 1);
        assert.deepEqual(await addresses(page), ['ann@work.example']);
        const { nodes } = await page.send('Accessibility.getFullAXTree');
        assert.deepEqual(nodes.filter(node => !node.ignored && /^(button|link|textbox|dialog)$/.test(node.role?.value) && !node.name?.value).map(node => node.role.value), []);
        await close(page, other);
    });

    test('another name is seen at once, by others and in one’s other windows, and stays', async () => {
        const ann = server.person('Ann Berg');
        const room = await server.room(ann);
        const [a, b] = [await browser.open(server.linkFor(ann)), await signIn('cy@example.org')];
        b.expects = /auth|me$/;
        const second = await browser.open(server.base, { profile: b.profile });
        for (const page of [a, b, second]) {
            await page.finds('.rail, .main');
            await page.run(id => { location.hash = `#/${id}`; }, room);
            await inRoom(page);
        }
        await a.has('Guest ');
        await menu(b, 'Change name…');
        await b.until('the field', () => document.activeElement.name === 'name');
        await b.run(() => { document.activeElement.value = '\u202e'; });
        await b.key('Enter');
        await b.has('something to see and nothing hidden');
        await b.run(() => document.querySelector('dialog [name=name]').select());
        await b.type('Cy Young');
        await picture(b, 'name-wide');
        await b.key('Enter');
        await b.findsNot('dialog');
        const mine = () => document.querySelector('.me-name').innerText === 'Cy Young';
        await b.until('my name', mine);
        await second.until('my name in the other window', mine);
        const seen = () => [...document.querySelectorAll('.person bdi')].some(one => one.innerText === 'Cy Young');
        await a.until('the name among the people', seen);
        await second.until('my name among the people', seen);
        await second.say('Under my new name');
        await a.until('the message', () => [...document.querySelectorAll('.message')].some(one => /Cy Young/.test(one.innerText) && /Under my new name/.test(one.innerText)));
        await b.reload();
        await b.until('my name after a reload', mine);
        await a.run(() => document.querySelector('.me').click());
        await a.finds('[role=menu]');
        assert.equal(await a.run(() => document.querySelector('[role=menu]').innerText.includes('Change name')), false, 'their site named them');
        await a.key('Escape');
        await close(a, b, second);
    });
});
