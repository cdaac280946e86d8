// Parts of the options of a program written for @azure/identity.
import { Agent } from "node:https";
import {
	createDefaultHttpClient,
	type PipelinePolicy,
} from "@azure/core-rest-pipeline";
import type {
	AuthenticationRecord,
	AuthorityValidationOptions,
	BrokerDisabledOptions,
	BrokerEnabledOptions,
	BrokerOptions,
	BrowserCustomizationOptions,
	BrowserLoginStyle,
	CredentialPersistenceOptions,
	DefaultAzureCredentialEnvVars,
	DefaultAzureCredentialOptions,
	DeviceCodeInfo,
	DeviceCodePromptCallback,
	InteractiveCredentialOptions,
	MultiTenantTokenCredentialOptions,
	OnBehalfOfCredentialAssertionOptions,
	OnBehalfOfCredentialCertificateOptions,
	OnBehalfOfCredentialSecretOptions,
	TokenCachePersistenceOptions,
	TokenCredentialOptions,
} from "@azure/identity";

export const tenantId = "11111111-1111-4111-8111-111111111111";
export const clientId = "22222222-2222-4222-8222-222222222222";

const policy: PipelinePolicy = {
	name: "the program's own",
	sendRequest: (request, next) => next(request),
};

export const common = {
	authorityHost: "https://login.microsoftonline.com",
	loggingOptions: {
		allowLoggingAccountIdentifiers: true,
		enableUnsafeSupportLogging: true,
		additionalAllowedHeaderNames: ["x-ms-header"],
		additionalAllowedQueryParameters: ["api-version"],
	},
	httpClient: createDefaultHttpClient(),
	additionalPolicies: [{ policy, position: "perCall" }],
	allowInsecureConnection: false,
	retryOptions: { maxRetries: 2, retryDelayInMs: 10, maxRetryDelayInMs: 20 },
	proxyOptions: { host: "http://proxy.example", port: 8080 },
	agent: new Agent(),
	tlsOptions: { ca: "" },
	redirectOptions: { maxRetries: 3 },
	userAgentOptions: { userAgentPrefix: "program" },
	telemetryOptions: { clientRequestIdHeaderName: "client-request-id" },
} satisfies TokenCredentialOptions;

export const multiTenant = {
	...common,
	additionallyAllowedTenants: ["*"],
} satisfies MultiTenantTokenCredentialOptions;

export const authority = {
	disableInstanceDiscovery: true,
} satisfies AuthorityValidationOptions;

export const persistence = {
	enabled: false,
	name: "a-program",
	unsafeAllowUnencryptedStorage: false,
} satisfies TokenCachePersistenceOptions;

export const persistent = {
	tokenCachePersistenceOptions: persistence,
} satisfies CredentialPersistenceOptions;

export const tool = { tenantId, processTimeoutInMs: 1_000 };

export const record: AuthenticationRecord = {
	// As the sign-in of either package fills it in.
	authority: "login.windows.net",
	homeAccountId: `${clientId}.${tenantId}`,
	clientId,
	tenantId,
	username: "person@contoso.example",
};

export const interactive = {
	...multiTenant,
	...authority,
	authenticationRecord: record,
	disableAutomaticAuthentication: true,
} satisfies InteractiveCredentialOptions;

export const customization = {
	browserCustomizationOptions: { errorMessage: "no", successMessage: "yes" },
} satisfies BrowserCustomizationOptions;

export const noBroker = {
	enabled: false,
	legacyEnableMsaPassthrough: undefined,
	parentWindowHandle: undefined,
} satisfies BrokerDisabledOptions;

export const withBroker = {
	enabled: true,
	legacyEnableMsaPassthrough: true,
	parentWindowHandle: new Uint8Array(8),
	useDefaultBrokerAccount: true,
} satisfies BrokerEnabledOptions;

export const brokers: BrokerOptions[] = [noBroker, withBroker];

export const prompt: DeviceCodePromptCallback = (info: DeviceCodeInfo) =>
	console.log(info.userCode, info.verificationUri, info.message);

export const loginStyles: BrowserLoginStyle[] = ["redirect", "popup"];

const variables: DefaultAzureCredentialEnvVars[] = [
	"AZURE_TOKEN_CREDENTIALS",
	"AZURE_CLIENT_ID",
	"AZURE_TENANT_ID",
	"AZURE_CLIENT_SECRET",
	"AZURE_CLIENT_CERTIFICATE_PATH",
	"AZURE_CLIENT_CERTIFICATE_PASSWORD",
	"AZURE_ADDITIONALLY_ALLOWED_TENANTS",
	"AZURE_CLIENT_SEND_CERTIFICATE_CHAIN",
	"AZURE_FEDERATED_TOKEN_FILE",
];

export const byDefault = {
	...multiTenant,
	...authority,
	...tool,
	requiredEnvVars: variables.filter((name) => process.env[name]),
} satisfies DefaultAzureCredentialOptions;

const user = { tenantId, clientId, userAssertionToken: "a token" };
export const bySecret = {
	...user,
	clientSecret: "a secret",
} satisfies OnBehalfOfCredentialSecretOptions;
export const byCertificate = {
	...user,
	certificatePath: "/program/certificate.pem",
	sendCertificateChain: true,
} satisfies OnBehalfOfCredentialCertificateOptions;
export const byAssertion = {
	...user,
	getAssertion: async () => "an assertion",
} satisfies OnBehalfOfCredentialAssertionOptions;

export const service = { ...multiTenant, ...authority, ...persistent };
