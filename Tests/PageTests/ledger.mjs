// The Solana ledger of Tests/Ledger: what people of these tests hold, and sell.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = name => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const PYTHON = path('.build/ledger/bin/python3');

/** Why there can be no such tests, or false. */
export function skipLedger() {
    if (!process.env.SERVER_BIN) return 'SERVER_BIN is not set';
    if (!existsSync(PYTHON)) return 'the ledger’s packages are missing: run .ci/install --tests';
    const { stdout } = spawnSync(process.env.SERVER_BIN, ['config', 'docs'], { encoding: 'utf8' });
    return stdout.includes('`solana.rpc`') ? false : 'this server asks no chain';
}

export class Ledger {
    static async start() {
        const ledger = new Ledger();
        ledger.process = spawn(PYTHON, [path('Tests/Ledger/server.py')], { stdio: ['ignore', 'pipe', 'inherit'] });
        ledger.base = await new Promise((resolve, reject) => {
            let said = '';
            ledger.process.once('exit', code => reject(new Error(`the ledger ended with ${code}`)));
            ledger.process.stdout.setEncoding('utf8').on('data', text => {
                said += text;
                if (said.includes('\n')) resolve(said.split('\n')[0].trim());
            });
        });
        return ledger;
    }

    node(name) { return `${this.base}/node/${name}`; }

    async act(act, more = {}) {
        const response = await fetch(`${this.base}/control`, { method: 'POST', body: JSON.stringify({ act, ...more }) });
        const { result, error } = await response.json();
        if (error !== undefined) throw new Error(`${act}: ${error}`);
        return result;
    }

    mint(mint, wallet, amount) { return this.act('mint', { mint, owner: wallet.address, amount, fresh: false }); }

    async close() {
        const gone = new Promise(resolve => this.process.once('exit', resolve));
        this.process.kill();
        await gone;
    }
}
