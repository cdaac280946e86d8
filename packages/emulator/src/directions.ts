import type { Emulator } from "./emulator.ts";

/** What a program of any language needs to know to use this emulator, for `--json`. */
export function facts(emulator: Emulator) {
	const { daemon, native, api } = emulator.apps;
	const { alice } = emulator.users;
	return {
		authorityHost: emulator.authorityHost,
		managedIdentityUrl: emulator.managedIdentityUrl,
		proxyUrl: emulator.proxyUrl,
		demoApiUrl: emulator.demoApiUrl,
		caFile: emulator.caFile,
		certFile: emulator.certFile,
		keyFile: emulator.keyFile,
		controlUrl: emulator.controlUrl,
		controlKey: emulator.controlKey,
		tenantId: emulator.tenants.contoso.id,
		clientId: daemon.clientId,
		clientSecret: daemon.secrets[0],
		clientCertificate: emulator.appCertificate.file,
		publicClientId: native.clientId,
		apiClientId: api.clientId,
		username: alice.username,
		password: alice.password,
	};
}

/**
 * How to point a program at the emulator, for a person at a terminal. The secrets in it are the same for everybody who
 * runs an emulator: they open nothing else.
 */
export function directions(emulator: Emulator): string {
	const { tenantId, clientId, clientSecret, ...its } = facts(emulator);
	const trust = exported("NODE_EXTRA_CA_CERTS", its.caFile);
	const application = [
		exported("AZURE_TENANT_ID", tenantId),
		exported("AZURE_CLIENT_ID", clientId),
		exported("AZURE_CLIENT_SECRET", clientSecret),
	];
	return `
Entra ID emulator at ${its.authorityHost}    (Ctrl+C ends it)

  app         ${clientId}  secret ${clientSecret}
  certificate ${its.clientCertificate}
  user        ${its.username}  password ${its.password}
  others      see docs/emulator.md

Either tell a program about it (and set disableInstanceDiscovery in its credential):

${lines([trust, exported("AZURE_AUTHORITY_HOST", its.authorityHost), ...application])}

or leave the program as it is and let the proxy lead the real host names here:

${lines([trust, exported("HTTPS_PROXY", its.proxyUrl), exported("NO_PROXY", "localhost,127.0.0.1"), ...application])}

Trust is NODE_EXTRA_CA_CERTS for Node, REQUESTS_CA_BUNDLE for Python and az, SSL_CERT_FILE for Go.

A program that uses managed identity needs only this:

${lines([exported("AZURE_POD_IDENTITY_AUTHORITY_HOST", its.managedIdentityUrl)])}

Control: ${its.controlUrl}  (x-emulator-key: ${its.controlKey})
`.trimStart();
}

function lines(all: readonly string[]): string {
	return all.map((line) => `  ${line}`).join("\n");
}

/** A line that sets a variable in the shell that people have: PowerShell on Windows, else any POSIX shell. */
function exported(name: string, value: string): string {
	return process.platform === "win32"
		? `$env:${name} = '${value.replaceAll("'", "''")}'`
		: `export ${name}='${value.replaceAll("'", "'\\''")}'`;
}
