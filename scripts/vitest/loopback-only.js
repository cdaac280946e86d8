// Keeps every test on this machine: a connection to any other host, and a look-up of any other name, fails at once and
// says so. A test that reaches out passes at one desk and fails at the next, and may carry a token with it.
import dns from "node:dns";
import net from "node:net";

const LOOPBACK =
	/^(localhost|127(\.\d{1,3}){3}|\[?::1\]?|\[?::ffff:127(\.\d{1,3}){3}\]?)$/i;

/** The questions of `node:dns` that go out on the network; `lookup` of a loopback name is let through. */
const QUESTIONS = [
	"lookup",
	"resolve",
	"resolve4",
	"resolve6",
	"resolveAny",
	"resolveCname",
	"resolveSrv",
	"resolveTxt",
	"reverse",
];

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function connectOnLoopback(...args) {
	// `net` hands over [[options, callback]] when it has normalised the arguments before.
	const [first, second] = Array.isArray(args[0]) ? args[0] : args;
	const { path, host } = target(first, second);
	if (path || LOOPBACK.test(host))
		// a path is a socket of this machine
		return connect.apply(this, args);
	process.nextTick(() => this.destroy(refusal(`connect to ${host}`)));
	return this;
};

const { promises } = dns;
for (const question of QUESTIONS) {
	const ask = dns[question];
	dns[question] = (name, ...rest) => {
		if (isLoopback(name)) return ask(name, ...rest);
		process.nextTick(rest.at(-1), refusal(`look up ${name}`));
	};
	const askLater = promises[question];
	promises[question] = async (name, ...rest) => {
		if (isLoopback(name)) return askLater(name, ...rest);
		throw refusal(`look up ${name}`);
	};
}

function target(first, second) {
	if (typeof first === "object") {
		const { path, host } = first;
		return { path, host: host || "localhost" };
	}
	if (typeof first === "string" && Number.isNaN(Number(first)))
		return { path: first };
	return { host: typeof second === "string" ? second : "localhost" };
}

function isLoopback(name) {
	// An address needs no network to be looked up; `connect` judges it.
	return !name || LOOPBACK.test(name) || net.isIP(name) !== 0;
}

function refusal(what) {
	return Object.assign(
		new Error(
			`A test tried to ${what}. Tests stay on this machine: start what they need on localhost (see @azidentity/emulator).`,
		),
		{ code: "ERR_TEST_LEFT_THE_MACHINE" },
	);
}
