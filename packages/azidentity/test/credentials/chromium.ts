import { spawnSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { User } from "@azidentity/emulator";
import {
	type Browser,
	type BrowserContext,
	chromium,
	type Page,
} from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import type { OpenBrowser } from "../../src/platform/open-browser.ts";
import type { emulatedEntra } from "./emulated-entra.ts";

/** Where Debian's Chromium is; undefined where there is none. */
const CHROMIUM = whereIs("chromium");

/** Chromium talks to nobody but the pages it is sent to. */
const QUIET = [
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

/** Somebody with a browser of their own: what one signs in to, another does not see. */
export interface Person {
	/** Somebody else, with a browser of their own. */
	another(): Promise<Person>;
	/** What scripts of pages have said, and boxes they have opened: there should be nothing. */
	readonly noise: string[];
	/** A way to open the browser in which the person then does something on the page. */
	does(act: (page: Page, address: URL) => Promise<unknown>): OpenBrowser;
	/** The person signs in at the emulator's page. */
	signsIn(user: User, password?: string): OpenBrowser;
	/** The headline of the page they were left with. */
	headline(): Promise<string>;
	/** That page. */
	lastPage(): Page;
}

/** Real Chromium for the tests of one file, which trusts the emulator's own key and no other that is unknown. */
export function inChromium(entra: ReturnType<typeof emulatedEntra>) {
	let browser: Browser;
	beforeAll(async () => {
		if (CHROMIUM === undefined) return;
		const pin = await publicKeyHash(entra.emulator.certFile);
		browser = await chromium.launch({
			executablePath: CHROMIUM,
			args: [...QUIET, `--ignore-certificate-errors-spki-list=${pin}`],
		});
	});
	afterAll(() => browser?.close());

	/** A test in which somebody sits at a browser; skipped where there is none. */
	return (title: string, body: (person: Person) => Promise<void>) =>
		test(title, async (context) => {
			if (CHROMIUM === undefined)
				return context.skip("needs chromium: apt-get install chromium");
			const contexts: BrowserContext[] = [];
			const arrive = async () => {
				const own = await browser.newContext();
				contexts.push(own);
				return newPerson(own, arrive);
			};
			try {
				await body(await arrive());
			} finally {
				for (const own of contexts) await own.close();
			}
		});
}

function newPerson(
	context: BrowserContext,
	another: () => Promise<Person>,
): Person {
	const noise: string[] = [];
	const pages: Page[] = [];
	const lastPage = () => pages.at(-1) ?? noPage();
	const does: Person["does"] = (act) => async (address) => {
		const page = await context.newPage();
		pages.push(page);
		page.on("dialog", async (dialog) => {
			noise.push(dialog.message());
			await dialog.dismiss();
		});
		page.on("pageerror", (error) => noise.push(error.message));
		await page.goto(address);
		await act(page, new URL(address));
	};
	return {
		another,
		noise,
		does,
		lastPage,
		signsIn: (user, password) =>
			does((page) => enterPassword(page, user, password)),
		async headline() {
			await lastPage().waitForURL(/^http:\/\/localhost:/);
			return (await lastPage().textContent("main h1")) ?? "";
		},
	};
}

/** Types account and password into the emulator's page, as a person would. */
export async function enterPassword(
	page: Page,
	user: User,
	password: string = user.password,
): Promise<void> {
	await page.getByLabel("Account").fill(user.username);
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: "Sign in" }).click();
}

function noPage(): never {
	throw new Error("The person has not opened a page.");
}

function whereIs(program: string): string | undefined {
	const { status, stdout } = spawnSync("which", [program], {
		encoding: "utf8",
	});
	return status === 0 ? stdout.trim() : undefined;
}

/** What Chromium knows a key by. */
async function publicKeyHash(certificateFile: string): Promise<string> {
	const certificate = new X509Certificate(await readFile(certificateFile));
	const key = certificate.publicKey.export({ type: "spki", format: "der" });
	return createHash("sha256").update(key).digest("base64");
}
