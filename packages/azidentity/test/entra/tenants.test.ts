import assert from "node:assert/strict";
import { afterEach, describe, test, vi } from "vitest";
import {
	allowedTenants,
	checkSpecificTenant,
	checkTenantId,
	resolveTenant,
} from "../../src/entra/tenants.ts";

const HOME = "11111111-aaaa-1111-1111-111111111111";
const resolve = (requested?: string, allowed?: readonly string[]) =>
	resolveTenant("C", HOME, requested, allowedTenants("C", allowed));
const unavailable = (pattern: RegExp) => (error: Error) => {
	assert.equal(error.name, "CredentialUnavailableError");
	assert.match(error.message, pattern);
	return true;
};

afterEach(() => {
	vi.unstubAllEnvs();
});

describe("the tenant of a call", () => {
	test("is the configured one when the call names none, or the same in another case", () => {
		assert.equal(resolve(), HOME);
		assert.equal(resolve(""), HOME);
		assert.equal(resolve(HOME.toUpperCase()), HOME);
	});

	test("may be another that the credential allows, in any case and with blanks around it", () => {
		assert.equal(resolve("Contoso.com", [" contoso.COM "]), "contoso.com");
		assert.equal(resolve("contoso.com", ["", "*"]), "contoso.com");
	});

	test("is looked for in a list without blanks, which is not the caller's", () => {
		const given = [" Contoso.com ", "", " "];
		assert.deepEqual(allowedTenants("C", given), ["contoso.com"]);
		assert.deepEqual(given, [" Contoso.com ", "", " "]);
		assert.deepEqual(allowedTenants("C", undefined), []);
	});

	test("may not be any other, and the error says how to allow it", () => {
		assert.throws(
			() => resolve("contoso.com"),
			unavailable(
				/^C: .*contoso\.com\. Add it to the option additionallyAllowedTenants/,
			),
		);
		assert.throws(
			() => resolve("contoso.com", ["", " ", "fabrikam.com"]),
			unavailable(/additionallyAllowedTenants/),
		);
	});

	for (const requested of [
		"../evil?x=",
		"..",
		".",
		"a/b",
		"a b",
		" ",
		"a%2fb",
		"a\nb",
		"ä",
	]) {
		test(`is refused when it is ${JSON.stringify(requested)}, even where any is allowed`, () => {
			assert.throws(
				() => resolve(requested, ["*"]),
				unavailable(/^C: the tenantId given to getToken/),
			);
		});
	}

	test("is the configured one wherever other tenants are switched off", () => {
		vi.stubEnv("AZURE_IDENTITY_DISABLE_MULTITENANTAUTH", "1");
		assert.equal(resolve("contoso.com", ["*"]), HOME);
		assert.equal(resolve("contoso.com"), HOME);
	});

	test("is the only one there is on ADFS", () => {
		assert.equal(resolveTenant("C", "adfs", "contoso.com"), "adfs");
	});
});

describe("a tenant id", () => {
	for (const tenantId of [
		HOME,
		"contoso.com",
		"contoso.onmicrosoft.com",
		"organizations",
		"adfs",
		"a.b",
	]) {
		test(`may be ${tenantId}`, () => checkTenantId("C", tenantId));
	}

	for (const tenantId of [
		"",
		"...",
		"a_b",
		"https://contoso.com",
		7 as unknown as string,
		undefined as unknown as string,
	]) {
		test(`may not be ${JSON.stringify(tenantId)}, and is not shown`, () => {
			assert.throws(
				() => checkTenantId("C", tenantId),
				unavailable(/^C: the argument tenantId is not/),
			);
		});
	}

	test("of an application names one tenant", () => {
		checkSpecificTenant("C", HOME);
		for (const tenantId of ["common", "ORGANIZATIONS", "consumers"])
			assert.throws(
				() => checkSpecificTenant("C", tenantId),
				unavailable(/must name one tenant/),
			);
	});
});
