// Claims settled from Java by gRPC, once and only once, with grpc-java and Google's protobuf.
//
// Examples/README.md has the commands that make the messages and run this, and what it shows.
//
// Methods are called by their names, so no stubs of protoc-gen-grpc-java are needed; with them the calls read
// SettlementServiceGrpc.newBlockingStub(channel).settle(request).
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jiesuan.v1.CalculateRequest;
import jiesuan.v1.CalculateResponse;
import jiesuan.v1.ClaimKind;
import jiesuan.v1.GetRequest;
import jiesuan.v1.Insurance;
import jiesuan.v1.Level;
import jiesuan.v1.Membership;
import jiesuan.v1.Outcome;
import jiesuan.v1.ReverseRequest;
import jiesuan.v1.ReverseResponse;
import jiesuan.v1.SettleRequest;
import jiesuan.v1.SettleResponse;
import jiesuan.v1.SettlementRecord;
import jiesuan.v1.WorkStatus;

public final class Settle {
    /** Whether it was settled is not known, or it can be later: ask again. All other codes are final. */
    private static final Set<Status.Code> AGAIN = EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED,
            Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED, Status.Code.UNKNOWN);

    private static final MethodDescriptor<CalculateRequest, CalculateResponse> CALCULATE = method(
            "CalculationService", "Calculate", CalculateRequest.getDefaultInstance(),
            CalculateResponse.getDefaultInstance());
    private static final MethodDescriptor<SettleRequest, SettleResponse> SETTLE = method(
            "SettlementService", "Settle", SettleRequest.getDefaultInstance(), SettleResponse.getDefaultInstance());
    private static final MethodDescriptor<GetRequest, SettlementRecord> GET = method(
            "SettlementService", "Get", GetRequest.getDefaultInstance(), SettlementRecord.getDefaultInstance());
    private static final MethodDescriptor<ReverseRequest, ReverseResponse> REVERSE = method(
            "SettlementService", "Reverse", ReverseRequest.getDefaultInstance(), ReverseResponse.getDefaultInstance());

    private static <Q extends Message, A extends Message> MethodDescriptor<Q, A> method(
            String service, String name, Q request, A answer) {
        return MethodDescriptor.<Q, A>newBuilder().setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("jiesuan.v1." + service, name))
                .setRequestMarshaller(ProtoUtils.marshaller(request))
                .setResponseMarshaller(ProtoUtils.marshaller(answer)).build();
    }

    private final ManagedChannel channel;

    private Settle(ManagedChannel channel) {
        this.channel = channel;
    }

    private <Q, A> A call(MethodDescriptor<Q, A> method, Q request) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
        return ClientCalls.blockingUnaryCall(channel, method, options, request);
    }

    /**
     * Settles for keeps. Where no answer comes it is asked again with the same id: the server settles an id once, and
     * answers it the next time as it did the first. With lose the first attempt is given up, as when a line breaks.
     */
    SettleResponse settle(SettleRequest request, boolean lose) throws InterruptedException {
        if (lose) {
            Future<SettleResponse> lost = ClientCalls.futureUnaryCall(
                    channel.newCall(SETTLE, CallOptions.DEFAULT), request);
            Thread.sleep(1);
            lost.cancel(true);
        }
        for (int attempt = 1;; attempt++) {
            try {
                return call(SETTLE, request);
            } catch (StatusRuntimeException error) {
                if (!AGAIN.contains(error.getStatus().getCode()) || attempt == 8) {
                    throw error;
                }
            }
            Thread.sleep(50L << attempt);
        }
    }

    static void tell(String what, Outcome outcome) {
        System.out.printf("%s funds %d account %d cash %d%n", what, outcome.getFundTotal(), outcome.getAccountPaid(),
                outcome.getCash());
    }

    /** A claim with all facts: what it comes to is told, and nothing is kept. */
    static CalculateRequest calculation() {
        CalculateRequest.Builder request = CalculateRequest.newBuilder().setRegion("chongqing");
        request.getClaimBuilder().setKind(ClaimKind.CLAIM_KIND_OUTPATIENT).setServiceDate(20240630);
        request.getClaimBuilder().getInstitutionBuilder().setLevel(Level.LEVEL_2);
        request.getClaimBuilder().getCostBuilder().setTotal(280000).setInPolicy(280000); // fen (分): 2,800 yuan
        request.getPersonBuilder().setInsurance(Insurance.INSURANCE_EMPLOYEE)
                .setMembership(Membership.MEMBERSHIP_EMPLOYER).setStatus(WorkStatus.WORK_STATUS_RETIRED);
        request.getYearBuilder().setYear(2024);
        request.addAccountsBuilder().setBalance(126000);
        return request.build();
    }

    /** A visit of a registered person at a registered hospital: the register knows the rest. */
    static SettleRequest visit(String id) {
        SettleRequest.Builder request = SettleRequest.newBuilder().setSettlementId(id).setPerson(101)
                .setInstitution("H2");
        request.getClaimBuilder().setKind(ClaimKind.CLAIM_KIND_OUTPATIENT).setServiceDate(20240630);
        request.getClaimBuilder().getCostBuilder().setTotal(5000).setInPolicy(5000);
        return request.build();
    }

    void run(String id) throws InterruptedException {
        tell("calculated", call(CALCULATE, calculation()).getOutcome());

        SettleResponse first = settle(visit(id), true);
        tell("settled", first.getOutcome());
        SettleResponse again = settle(visit(id), false);
        System.out.println("asked again: " + (again.equals(first) ? "the same answer" : "ANOTHER ANSWER"));

        SettlementRecord record = call(GET, GetRequest.newBuilder().setSettlementId(id).build());
        System.out.printf("looked up: person %d in %s%n", record.getRequest().getPerson(), record.getRegion());

        ReverseRequest reverse = ReverseRequest.newBuilder().setSettlementId(id).setReason("wrong person").build();
        System.out.println("taken back: " + (call(REVERSE, reverse).getSettlementId().equals(id) ? "yes" : "NO"));
        try {
            settle(visit(id), false);
            System.out.println("settled AGAIN");
        } catch (StatusRuntimeException error) {
            // The text begins with the code's name; its number is in the details (google.rpc.ErrorInfo).
            String name = error.getStatus().getDescription().split(" ")[0].replace(":", "");
            System.out.println("refused: " + error.getStatus().getCode() + " " + name);
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length != 2) {
            System.err.println("usage: Settle HOST:PORT ID (of a settlement that there is not yet)");
            System.exit(2);
        }
        // Answers of batches are larger than the 4 MiB that gRPC's clients take by default.
        ManagedChannel channel = ManagedChannelBuilder.forTarget(arguments[0]).usePlaintext()
                .maxInboundMessageSize(64 << 20).build();
        try {
            new Settle(channel).run(arguments[1]);
        } finally {
            channel.shutdownNow();
        }
    }
}
