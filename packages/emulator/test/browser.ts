import type { Emulator } from "@azidentity/emulator";
import { type Answer, ask } from "./authority-client.ts";

/** A page a person would see, or the address of an app where the browser was sent. */
export interface Page extends Omit<Answer, "json"> {
	readonly url: string;
	/** The forms on it, each with the fields it would send. */
	readonly forms: readonly PageForm[];
	/** What the page says went wrong. */
	readonly alert: string | undefined;
}

type Fields = Readonly<Record<string, string>>;

interface PageForm {
	readonly action: string;
	readonly fields: Fields;
	readonly html: string;
}

/** A browser without scripts: cookies, redirects, forms; forms that would submit themselves it submits too. */
export interface Browser {
	/** Goes to an address; stops where a person has something to do, or at an address outside the authority. */
	open(target: string): Promise<Page>;
	/** Fills in and submits a form of a page: the one that has a field or button of the given names. */
	submit(page: Page, fields: Fields): Promise<Page>;
	/** Posts what no form would. */
	post(target: string, fields: Fields): Promise<Page>;
}

/** Pages lead to each other by redirects; more than this many in a row go in a circle. */
const LONGEST_WALK = 20;

export function browser(emulator: Emulator): Browser {
	const jar = cookieJar();

	async function visit(target: string, form?: Fields): Promise<Page> {
		let next: { target: string; form: Fields | undefined } = { target, form };
		for (let step = 0; step < LONGEST_WALK; step++) {
			const url = new URL(next.target, emulator.authorityHost);
			if (url.origin !== emulator.authorityHost)
				return elsewhere(url, next.form);
			const answer = await ask(emulator, url.href, {
				headers: { accept: "text/html", cookie: jar.header(url) },
				...(next.form && { form: next.form }),
			});
			jar.keep(answer);
			const { location } = answer.headers;
			const page = readPage(answer, url);
			const own = page.text.includes(".submit()") ? page.forms[0] : undefined;
			if (location !== undefined)
				next = { target: new URL(location, url).href, form: undefined };
			else if (own) next = { target: own.action, form: own.fields };
			else return page;
		}
		throw new Error(`The pages lead nowhere from ${target}.`);
	}

	return {
		open: (target) => visit(target),
		post: visit,
		submit(page, fields) {
			const names = Object.keys(fields);
			const form = page.forms.find(({ html }) =>
				names.every((name) => html.includes(`name="${name}"`)),
			);
			if (form === undefined)
				throw new Error(`No form of the page takes ${names.join(", ")}.`);
			return visit(form.action, { ...form.fields, ...fields });
		},
	};
}

/** Cookies, as far as their paths and their deletion go. */
function cookieJar() {
	const kept = new Map<string, { name: string; value: string; path: string }>();
	return {
		keep(answer: Answer): void {
			for (const line of answer.headers["set-cookie"] ?? []) {
				const [pair = "", ...attributes] = line.split("; ");
				const [name = "", value = ""] = pair.split("=");
				const attributeOf = (key: string) =>
					attributes
						.find((attribute) => attribute.toLowerCase().startsWith(key))
						?.slice(key.length);
				const path = attributeOf("path=") ?? "/";
				const isGone = attributeOf("expires=")?.includes("1970") ?? false;
				if (isGone || value === "") kept.delete(`${name} ${path}`);
				else kept.set(`${name} ${path}`, { name, value, path });
			}
		},
		header: (url: URL): string =>
			[...kept.values()]
				.filter(({ path }) => url.pathname.startsWith(path))
				.map(({ name, value }) => `${name}=${value}`)
				.join("; "),
	};
}

/** Where the browser left the authority; a form that was posted there is what it would have sent. */
function elsewhere(url: URL, form?: Fields): Page {
	const text = form === undefined ? "" : new URLSearchParams(form).toString();
	return {
		status: 0,
		headers: {},
		text,
		url: url.href,
		forms: [],
		alert: undefined,
	};
}

function readPage(answer: Answer, url: URL): Page {
	const { status, headers, text } = answer;
	const forms = [...text.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)].map(
		([html]) => readForm(html, text, url),
	);
	const alert = /role="alert"[^>]*>([^<]*)</.exec(text)?.[1];
	return {
		status,
		headers,
		text,
		url: url.href,
		forms,
		alert: alert && unescaped(alert),
	};
}

function readForm(html: string, page: string, url: URL): PageForm {
	const fields: Record<string, string> = {};
	for (const [input] of html.matchAll(/<input[^>]*>/g)) {
		const name = attribute(input, "name");
		if (name) fields[name] = attribute(input, "value") ?? "";
	}
	const id = attribute(html.split(">")[0] ?? "", "id");
	// Buttons may stand outside of the form they belong to.
	const buttons = id
		? [...page.matchAll(/<button[^>]*>/g)]
				.map(([button]) => button)
				.filter((button) => attribute(button, "form") === id)
		: [];
	const action = attribute(html.split(">")[0] ?? "", "action");
	return {
		action: action === undefined ? url.href : new URL(action, url).href,
		fields,
		html: html + buttons.join(""),
	};
}

function attribute(tag: string, name: string): string | undefined {
	const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
	return value === undefined ? undefined : unescaped(value);
}

const NAMED: Readonly<Record<string, string>> = {
	"&amp;": "&",
	"&lt;": "<",
	"&gt;": ">",
	"&quot;": '"',
};

const unescaped = (html: string) =>
	html
		.replace(/&(amp|lt|gt|quot);/g, (entity) => NAMED[entity] ?? entity)
		.replace(/&#(\d+);/g, (_entity, code) => String.fromCharCode(Number(code)));
