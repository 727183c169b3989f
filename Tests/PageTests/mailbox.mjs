// Where the server's mails go in these tests: a webhook.

import { createServer } from 'node:http';

/** Takes the server's mails; `next(address)` waits for the next code to an address. */
export class Mailbox {
    #codes = [];
    #waiting = [];
    secret = 'a-secret-of-the-page-tests-0123456789';

    static async start() {
        const box = new Mailbox();
        box.server = createServer(async (incoming, outgoing) => {
            let text = '';
            for await (const chunk of incoming) text += chunk;
            box.#arrived(JSON.parse(text));
            outgoing.writeHead(204).end();
        });
        await new Promise(done => box.server.listen(0, '127.0.0.1', done));
        box.url = `http://127.0.0.1:${box.server.address().port}/mail`;
        return box;
    }

    #arrived(mail) {
        const at = this.#waiting.findIndex(one => one.address === mail.address);
        if (at < 0) this.#codes.push(mail);
        else this.#waiting.splice(at, 1)[0].done(mail.code);
    }

    next(address) {
        const at = this.#codes.findIndex(mail => mail.address === address);
        return at < 0 ? new Promise(done => this.#waiting.push({ address, done })) : Promise.resolve(this.#codes.splice(at, 1)[0].code);
    }

    close() {
        this.server.closeAllConnections();
        return new Promise(done => this.server.close(done));
    }
}
