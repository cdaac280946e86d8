import assert from "node:assert/strict";
import { AzureAuthorityHosts as official } from "@azure/identity";
import { describe, test } from "vitest";
import {
	AzureAuthorityHosts,
	aliases,
	isKnownHost,
	preferredCache,
	preferredNetwork,
} from "../src/foundation/clouds.ts";

const PUBLIC = [
	"login.microsoftonline.com",
	"login.windows.net",
	"login.microsoft.com",
	"sts.windows.net",
];

describe("clouds", () => {
	test("the authority hosts are those of @azure/identity, letter for letter", () => {
		assert.deepEqual({ ...AzureAuthorityHosts }, { ...official });
	});

	test("every alias of a cloud leads to the same hosts", () => {
		const rows: [string[], string, string][] = [
			[PUBLIC, "login.microsoftonline.com", "login.windows.net"],
			[
				["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
				"login.partner.microsoftonline.cn",
				"login.partner.microsoftonline.cn",
			],
			[
				["login.microsoftonline.us", "login.usgovcloudapi.net"],
				"login.microsoftonline.us",
				"login.microsoftonline.us",
			],
			[
				[
					"login.windows-ppe.net",
					"sts.windows-ppe.net",
					"login.microsoft-ppe.com",
				],
				"login.windows-ppe.net",
				"login.windows-ppe.net",
			],
			...[
				"login.microsoftonline.de",
				"login-us.microsoftonline.com",
				"login.sovcloud-identity.fr",
				"login.sovcloud-identity.de",
				"login.sovcloud-identity.sg",
			].map((host): [string[], string, string] => [[host], host, host]),
		];
		for (const [hosts, network, cache] of rows)
			for (const host of hosts) {
				assert.deepEqual(aliases(host), hosts);
				assert.equal(preferredNetwork(host), network);
				assert.equal(preferredCache(host), cache);
				assert.equal(isKnownHost(host), true);
			}
	});

	test("every public authority host is a known one", () => {
		for (const url of Object.values(AzureAuthorityHosts))
			assert.equal(isKnownHost(new URL(url).host), true);
	});

	test("a host is the same in any case", () => {
		assert.equal(preferredCache("LOGIN.MicrosoftOnline.com"), PUBLIC[1]);
		assert.deepEqual(aliases("Login.Windows.Net"), PUBLIC);
		assert.deepEqual(aliases("Login.Contoso.example"), [
			"login.contoso.example",
		]);
	});

	test("a host that no cloud names is its own and only alias", () => {
		for (const host of [
			"contoso.ciamlogin.com",
			"evil-login.microsoftonline.com",
			"login.microsoftonline.com.evil.example",
			"__proto__",
			"constructor",
		]) {
			assert.deepEqual(aliases(host), [host]);
			assert.equal(preferredNetwork(host), host);
			assert.equal(preferredCache(host), host);
			assert.equal(isKnownHost(host), false);
		}
	});

	test("a port makes another host of it", () => {
		assert.deepEqual(aliases("localhost:8443"), ["localhost:8443"]);
		const host = "login.microsoftonline.com:8443";
		assert.deepEqual(aliases(host), [host]);
		assert.equal(preferredNetwork(host), host);
		assert.equal(preferredCache(host), host);
		assert.equal(isKnownHost(host), false);
	});
});
