import assert from "node:assert/strict";
import { describe, test } from "vitest";
import {
	errorPage,
	noticePage,
	successPage,
} from "../../src/platform/sign-in-pages.ts";

const HOSTILE = `</p><script>alert(1)</script><img src=x onerror="alert(2)">'\``;

describe("our own pages", () => {
	for (const [name, html] of Object.entries({
		success: successPage(),
		error: errorPage("The sign-in did not work", "AADSTS1: no"),
		notice: noticePage(),
	}))
		test(`${name}: says its language, its title, what it is about, and needs nothing from elsewhere`, () => {
			assert.match(html, /^<!doctype html>\n<html lang="en">/);
			const title = /<title>([^<]+)<\/title>/.exec(html)?.[1];
			assert.equal(/<h1>([^<]+)<\/h1>/.exec(html)?.[1], title);
			assert.equal(html.match(/<main/g)?.length, 1);
			assert.match(html, /name="viewport"/);
			assert.doesNotMatch(html, /<script|https?:|@import|url\(/);
		});

	test("what the service says is text, whatever is in it", () => {
		const html = errorPage("The sign-in did not work", HOSTILE);
		assert.doesNotMatch(html, /<script|<img|onerror="/);
		assert.match(html, /&#60;script&#62;alert\(1\)/);
	});

	test("nothing is said where the service says nothing", () => {
		assert.doesNotMatch(errorPage("Title", ""), /class="said"/);
	});
});

describe("the application's own words", () => {
	test("a text is shown as text, in place of ours, and in no language that we would have to guess", () => {
		const html = successPage({ successMessage: "Fertig & los, <b" });
		assert.match(html, /<h1>Fertig &#38; los, &#60;b<\/h1>/);
		assert.match(html, /<title>Fertig/);
		assert.doesNotMatch(html, /lang=|You are signed in/);
	});

	test("a document is shown as it is", () => {
		const errorMessage = "<!DOCTYPE html><title>Oh</title><p>no";
		assert.equal(errorPage("t", "said", { errorMessage }), errorMessage);
		const successMessage = "\n<html><body>yes</body></html>";
		assert.equal(successPage({ successMessage }), successMessage);
	});

	test("HTML that is no document is shown within our page", () => {
		const html = successPage({ successMessage: "<h1>Hi</h1><p>there</p>" });
		assert.match(html, /<main class="good">\n<h1>Hi<\/h1><p>there<\/p>/);
	});

	test("an error page of the application's says nothing that the service said", () => {
		const html = errorPage("t", HOSTILE, { errorMessage: "Try again" });
		assert.doesNotMatch(html, /alert/);
	});

	test("an empty text is as none", () => {
		assert.equal(successPage({ successMessage: "" }), successPage());
	});
});

describe("the colours", () => {
	const [light = "", dark = ""] = [
		...successPage().matchAll(/:root\{[^{}]*--text[^{}]*\}/g),
	].map(([rules]) => rules);
	for (const [scheme, rules] of Object.entries({ light, dark }))
		for (const name of ["text", "soft", "good", "bad"])
			test(`${scheme}: "${name}" is read on the card by weak eyes too (WCAG 1.4.3)`, () => {
				const ratio = contrast(colour(rules, name), colour(rules, "card"));
				assert.ok(ratio >= 4.5, `${ratio} to 1`);
			});

	function colour(rules: string, name: string): number[] {
		const hex =
			new RegExp(`--${name}:#([0-9a-f]+)`).exec(rules)?.[1] ?? assert.fail();
		const wide = hex.length === 3 ? hex.replace(/./g, "$&$&") : hex;
		return [0, 2, 4].map((at) => Number.parseInt(wide.slice(at, at + 2), 16));
	}

	/** Relative luminances compared, as WCAG 2 defines both. */
	function contrast(left: number[], right: number[]): number {
		const [bright = 0, dim = 0] = [left, right]
			.map((channels) => {
				const [red = 0, green = 0, blue = 0] = channels.map((channel) => {
					const share = channel / 255;
					return share <= 0.040_45
						? share / 12.92
						: ((share + 0.055) / 1.055) ** 2.4;
				});
				return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
			})
			.sort((one, other) => other - one);
		return (bright + 0.05) / (dim + 0.05);
	}
});
