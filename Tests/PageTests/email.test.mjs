// Signing in by a code as a whole: the server sends it, to a webhook of this test's, and the page takes it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Mailbox } from './mailbox.mjs';
import { Server, skip } from './server.mjs';

function why() {
    if (skip) return skip;
    const { stdout } = spawnSync(process.env.SERVER_BIN, ['config', 'docs'], { encoding: 'utf8' });
    return stdout.includes('`email.webhook_url`') ? false : 'this server sends no codes';
}

describe('signing in by a code that is sent', { skip: why() }, () => {
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

    const asked = async address => {
        const page = await browser.open(server.base);
        page.expects = /email/;
        await page.click('input[type=email]');
        await page.type(address);
        await page.key('Enter');
        await page.has(`We sent a code to ${address}`);
        return page;
    };
    const isIn = page => page.until('the rooms', () => document.querySelector('.dot.is-live'));
    const idOf = page => page.run(() => JSON.parse(localStorage.getItem('stoa.sign-in')).user.id);

    test('the code that came signs in, and the same address is the same person again', async () => {
        const ids = [];
        for (let i = 0; i < 2; i++) {
            const page = await asked('ann@example.org');
            await page.until('the field', () => document.activeElement.name === 'code');
            const code = await mailbox.next('ann@example.org');
            await page.type(` ${code.slice(0, 3)} ${code.slice(3)} `);
            await isIn(page);
            ids.push(await idOf(page));
            assert.deepEqual(page.errors, []);
            await page.close();
        }
        assert.equal(ids[0], ids[1]);
    });

    test('a wrong code is told, and the right one is taken after it', async () => {
        const page = await asked('bob@example.org');
        const code = await mailbox.next('bob@example.org');
        await page.until('the field', () => document.activeElement.name === 'code');
        await page.type(code === '000000' ? '000001' : '000000');
        await page.until('the refusal', () => document.querySelector('.email-code .problem').innerText.length > 0);
        await page.type(code);
        await isIn(page);
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('an address that is none is told at the field', async () => {
        const page = await browser.open(server.base);
        page.expects = /email/;
        await page.click('input[type=email]');
        await page.type('"quoted"@example.org');
        await page.run(() => { document.querySelector('input[type=email]').form.noValidate = true; });
        await page.key('Enter');
        await page.until('the refusal', () => document.querySelector('.email-code .problem').innerText.length > 0);
        assert.ok(await page.run(() => document.activeElement.type === 'email'));
        assert.deepEqual(page.errors, []);
        await page.close();
    });
});
