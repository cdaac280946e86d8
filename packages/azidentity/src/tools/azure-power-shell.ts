import { CredentialUnavailableError } from "../errors.ts";
import { jsonObject } from "../foundation/json-object.ts";
import { resourceOf } from "../foundation/tool-arguments.ts";
import {
	askTool,
	said,
	type Tool,
	type ToolAnswer,
	type ToolParts,
	toolFailure,
} from "../platform/ask-tool.ts";
import type { TokenRequest, TokenSource } from "../token.ts";

/** PowerShell 7, and on Windows the older one that comes with it. */
const POWER_SHELL: Tool = {
	title: "PowerShell",
	names:
		process.platform === "win32" ? ["pwsh.exe", "powershell.exe"] : ["pwsh"],
	howToInstall:
		"Install it with the module Az.Accounts, see https://learn.microsoft.com/powershell/azure/install-azure-powershell, then run: Connect-AzAccount",
	howToCheck: "Try it in PowerShell: Get-AzAccessToken",
	notFound: /^'pwsh' is not recognized|\bpwsh:.*not found/m,
};

/** Values reach the script by these variables, so that no text of a caller is ever part of a script. */
const RESOURCE = "AZURE_IDENTITY_POWERSHELL_RESOURCE";
const TENANT = "AZURE_IDENTITY_POWERSHELL_TENANT_ID";

/** What the script's own output stands between: a profile or a module may print as well. */
const BEFORE = "<<<azidentity:";
const AFTER = ":azidentity>>>";

/** What the script says on stderr when the module is not there, in whatever language PowerShell speaks. */
const MODULE_MISSING = "azidentity: no Az.Accounts";

const NOT_SIGNED_IN = /\bConnect-AzAccount\b/;

/** Asks Azure PowerShell for a token of the account that is signed in there: `Get-AzAccessToken`. */
export function azurePowerShellSource(parts: ToolParts): TokenSource {
	return async (request) => {
		refuseClaims(parts.credentialName, request);
		return askTool(POWER_SHELL, parts, {
			request,
			args: [
				...["-NoProfile", "-NonInteractive", "-OutputFormat", "Text"],
				...[
					"-EncodedCommand",
					Buffer.from(SCRIPT, "utf16le").toString("base64"),
				],
			],
			environment: {
				[RESOURCE]: resourceOf(request.scopes[0] ?? ""),
				[TENANT]: request.tenantId,
			},
			failure: (stderr) => azurePowerShellFailure(parts.credentialName, stderr),
			answer: azurePowerShellAnswer,
		});
	};
}

function refuseClaims(
	credentialName: string,
	{ claims, tenantId }: TokenRequest,
): void {
	if (claims === undefined) return;
	const encoded = Buffer.from(claims, "utf8").toString("base64");
	const tenant = tenantId === "" ? "" : ` -TenantId '${tenantId}'`;
	throw toolFailure(
		"claims_challenge",
		`${credentialName}: the resource asks for claims, which Azure PowerShell gets only while a person signs in. Run: Connect-AzAccount${tenant} -ClaimsChallenge '${encoded}'`,
	);
}

/** What the script says when it fails, as an error. */
export function azurePowerShellFailure(
	credentialName: string,
	stderr: string,
): Error {
	if (stderr.includes(MODULE_MISSING))
		return new CredentialUnavailableError(
			`${credentialName}: the PowerShell module Az.Accounts, version 2.2.0 or newer, is not installed. Run in PowerShell: Install-Module -Name Az.Accounts -Scope CurrentUser`,
		);
	if (NOT_SIGNED_IN.test(stderr))
		return new CredentialUnavailableError(
			`${credentialName}: nobody is signed in to Azure PowerShell. Run in PowerShell: Connect-AzAccount`,
		);
	return toolFailure(
		"tool_failed",
		`${credentialName}: Azure PowerShell got no token: ${said(stderr)}`,
	);
}

/** The token and its end in what the script prints. */
export function azurePowerShellAnswer(stdout: string): ToolAnswer {
	const [, found = ""] = stdout.split(BEFORE);
	const { Token, ExpiresOn } = jsonObject(found.split(AFTER)[0] ?? "") ?? {};
	const seconds = typeof ExpiresOn === "number" ? ExpiresOn : Number.NaN;
	return { token: Token, expiresOn: seconds * 1_000 };
}

/**
 * Gets the token and prints it as JSON, with its expiry in seconds since 1970. Versions 2.17 to 4 of the module give a
 * secure string only when asked, later ones always.
 */
const SCRIPT = `
$ErrorActionPreference = 'Stop'
$WarningPreference = 'SilentlyContinue'
$ProgressPreference = 'SilentlyContinue'
[System.Threading.Thread]::CurrentThread.CurrentUICulture = 'en-US'
[Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false

try {
  $module = Import-Module Az.Accounts -MinimumVersion 2.2.0 -PassThru
} catch {
  [Console]::Error.WriteLine('${MODULE_MISSING}')
  exit 1
}

try {
  $params = @{ ResourceUrl = $env:${RESOURCE} }
  if ($env:${TENANT}) { $params['TenantId'] = $env:${TENANT} }
  if ($module.Version -ge [version]'2.17.0' -and $module.Version -lt [version]'5.0.0') {
    $params['AsSecureString'] = $true
  }
  $answer = Get-AzAccessToken @params

  $token = $answer.Token
  if ($token -is [System.Security.SecureString]) {
    $pointer = [System.Runtime.InteropServices.Marshal]::SecureStringToBSTR($token)
    try {
      $token = [System.Runtime.InteropServices.Marshal]::PtrToStringBSTR($pointer)
    } finally {
      [System.Runtime.InteropServices.Marshal]::ZeroFreeBSTR($pointer)
    }
  }
  $expiry = ([System.DateTimeOffset]$answer.ExpiresOn).ToUnixTimeSeconds()
  $json = @{ Token = $token; ExpiresOn = $expiry } | ConvertTo-Json -Compress
  [Console]::Out.WriteLine('${BEFORE}' + $json + '${AFTER}')
} catch {
  [Console]::Error.WriteLine($_.Exception.Message)
  exit 1
}
`;
