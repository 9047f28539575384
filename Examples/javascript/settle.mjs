// Claims settled from JavaScript, once and only once: HTTP and JSON, with what Node 18 and later has.
//
//   node Examples/javascript/settle.mjs 127.0.0.1:8123 my-id-1
//
// Examples/README.md says what it needs and shows. Amounts are whole fen (分); those of 64 bits come as strings, because
// JavaScript's numbers lose digits past 2^53: BigInt(text).

const [address, id] = process.argv.slice(2);
if (!address || !id) {
  console.error("usage: settle.mjs HOST:PORT ID (of a settlement that there is not yet)");
  process.exit(2);
}

/** The server's answer is an error: 1000 to 2999 are the transport's codes, 4000 to 4999 the DomainErrors. */
class RpcError extends Error {
  constructor({ code, name, message }) {
    super(message);
    this.code = code;
    this.name = name;
  }
}

/** Sends one request and waits for its answer, at most 30 s. */
async function call(method, request) {
  const response = await fetch(`http://${address}/jiesuan.v1.${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(30_000),
  });
  const answer = await response.json();
  if (!response.ok) throw new RpcError(answer);
  return answer;
}

const pause = (milliseconds) => new Promise((resume) => setTimeout(resume, milliseconds));
// Not confirmed, the store takes nothing now, the server stops, too much at once: ask again. All others are final.
const AGAIN = new Set([4106, 4107, 2003, 2004]);

/**
 * Settles for keeps. Where no answer comes it is asked again with the same id: the server settles an id once, and
 * answers it the next time as it did the first. With lose the first answer is thrown away.
 */
async function settle(request, lose = false) {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await call("SettlementService/Settle", request);
      if (!lose || attempt > 1) return answer;
    } catch (error) {
      // Anything but the server's own words: whether it was settled is not known.
      const isFinal = error instanceof RpcError && !AGAIN.has(error.code);
      if (isFinal || attempt === 8) throw error;
    }
    await pause(50 << attempt);
  }
}

// proto3 JSON leaves out what is 0.
const tell = (what, { fundTotal = "0", accountPaid = "0", cash = "0" }) =>
  console.log(`${what} funds ${fundTotal} account ${accountPaid} cash ${cash}`);

// A claim with all facts: what it comes to is told, and nothing is kept.
const calculated = await call("CalculationService/Calculate", {
  region: "chongqing",
  claim: {
    kind: "CLAIM_KIND_OUTPATIENT",
    serviceDate: 20240630,
    institution: { level: "LEVEL_2" },
    cost: { total: 280000, inPolicy: 280000 }, // 2,800 yuan
  },
  person: { insurance: "INSURANCE_EMPLOYEE", membership: "MEMBERSHIP_EMPLOYER", status: "WORK_STATUS_RETIRED" },
  year: { year: 2024 },
  accounts: [{ balance: 126000 }],
});
tell("calculated", calculated.outcome);

// A visit of a registered person at a registered hospital: the register knows the rest.
const visit = {
  settlementId: id,
  person: 101,
  institution: "H2",
  claim: { kind: "CLAIM_KIND_OUTPATIENT", serviceDate: 20240630, cost: { total: 5000, inPolicy: 5000 } },
};
const first = await settle(visit, true);
tell("settled", first.outcome);
const again = await settle(visit);
const isSame = JSON.stringify(again) === JSON.stringify(first);
console.log("asked again:", isSame ? "the same answer" : "ANOTHER ANSWER");

const record = await call("SettlementService/Get", { settlementId: id });
console.log(`looked up: person ${record.request.person} in ${record.region}`);

const reversal = await call("SettlementService/Reverse", { settlementId: id, reason: "wrong person" });
console.log("taken back:", reversal.settlementId === id ? "yes" : "NO");
try {
  await settle(visit);
  console.log("settled AGAIN");
} catch (error) {
  console.log("refused:", error.code, error.name);
}
