import type { ReceivedMail } from './mailbox.ts';

/**
 * The mailbox as a page to read. What mails say is escaped, and their HTML stands in a frame that runs
 * nothing and loads nothing.
 * @param shown the mail that is open.
 */
export const mailboxPage = (
  mails: readonly ReceivedMail[],
  shown: ReceivedMail | undefined,
): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Mailbox</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 0; display: grid; grid-template-columns: minmax(16rem, 26rem) 1fr; min-height: 100vh; color: #1b1b1b; background: #fff }
nav { border-right: 1px solid #d8d8d8; overflow: auto; max-height: 100vh }
nav a { display: block; padding: .6rem 1rem; border-bottom: 1px solid #ececec; color: inherit; text-decoration: none; overflow-wrap: anywhere }
nav a[aria-current] { background: #e7eefb }
nav small, dt { color: #595959 }
main { padding: 1rem 1.5rem; overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem }
dd { margin: 0 }
iframe { width: 100%; height: 60vh; border: 1px solid #d8d8d8; background: #fff }
pre { white-space: pre-wrap }
@media (max-width: 45rem) { body { display: block } nav { max-height: 40vh } }
</style>
<nav aria-label="Mails">
${mails.map((mail) => entry(mail, mail.id === shown?.id)).join('\n') || '<p style="padding:1rem">No mail yet.</p>'}
</nav>
<main>
${shown === undefined ? '<h1>Mailbox</h1>\n<p>Every mail that the platform sends lands here.</p>' : article(shown)}
</main>
</html>
`;

/** What the page may do: nothing but its own styles, and pictures that mails bring along. */
export const mailboxPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const entry = ({ id, subject, to, date }: ReceivedMail, current: boolean): string =>
  `<a href="?id=${encodeURIComponent(id)}"${current ? ' aria-current="true"' : ''}><strong>${escaped(subject || '(no subject)')}</strong><br><small>${escaped(to.join(', '))} · ${escaped(date)}</small></a>`;

const article = (mail: ReceivedMail): string => `<h1>${escaped(mail.subject || '(no subject)')}</h1>
<dl>
<dt>From</dt><dd>${escaped(mail.from)}</dd>
<dt>To</dt><dd>${escaped(mail.to.join(', '))}</dd>
<dt>Date</dt><dd>${escaped(mail.date)}</dd>
${mail.attachments.length === 0 ? '' : `<dt>Attachments</dt><dd>${mail.attachments.map(({ name, bytes }) => `${escaped(name)} (${bytes} bytes)`).join(', ')}</dd>`}
</dl>
${mail.html === undefined ? '' : `<iframe sandbox="" title="The mail" srcdoc="${escaped(mail.html)}"></iframe>`}
${mail.text === undefined ? '' : `<details${mail.html === undefined ? ' open' : ''}><summary>Text</summary><pre>${escaped(mail.text)}</pre></details>`}
<details><summary>Message as sent</summary><pre>${escaped(mail.raw)}</pre></details>`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
