// Claims settled from Java, once and only once: Apache brpc's baidu_std protocol over a plain socket, with Google's protobuf.
//
// Examples/README.md has the commands that make the messages and run this, and what it shows.
//
// A packet is "PRPC", the body's size, the meta's size (big-endian, the 12 bytes not counted), RpcMeta, message.
import baidu_std.RpcMeta;
import baidu_std.RpcRequestMeta;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jiesuan.v1.CalculateRequest;
import jiesuan.v1.CalculateResponse;
import jiesuan.v1.ClaimKind;
import jiesuan.v1.DomainError;
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
    /** The server's answer is an error: 1000 to 2999 are brpc's own codes, 4000 to 4999 the DomainErrors. */
    static final class RpcError extends IOException {
        final int code;

        RpcError(int code, String text) {
            super("refused (" + code + "): " + text);
            this.code = code;
        }
    }

    /** One connection, one call at a time. */
    static final class Channel implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream input;
        private final DataOutputStream output;
        private long last;

        Channel(String host, int port) throws IOException {
            socket = new Socket(host, port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(30_000);
            input = new DataInputStream(socket.getInputStream());
            output = new DataOutputStream(socket.getOutputStream());
        }

        /** Sends one request and waits for its answer. */
        <T extends MessageLite> T call(String service, String method, MessageLite request, Parser<T> answer)
                throws IOException {
            byte[] head = RpcMeta.newBuilder()
                    .setCorrelationId(++last)
                    .setRequest(RpcRequestMeta.newBuilder().setServiceName(service).setMethodName(method))
                    .build().toByteArray();
            byte[] body = request.toByteArray();
            java.io.ByteArrayOutputStream packet = new java.io.ByteArrayOutputStream();
            DataOutputStream writer = new DataOutputStream(packet);
            writer.write("PRPC".getBytes(StandardCharsets.US_ASCII));
            writer.writeInt(head.length + body.length);
            writer.writeInt(head.length);
            writer.write(head);
            writer.write(body);
            output.write(packet.toByteArray());

            byte[] magic = new byte[4];
            input.readFully(magic);
            int bodySize = input.readInt();
            int metaSize = input.readInt();
            if (!Arrays.equals(magic, "PRPC".getBytes(StandardCharsets.US_ASCII)) || metaSize > bodySize) {
                throw new InvalidProtocolBufferException("not a packet");
            }
            byte[] received = new byte[bodySize];
            input.readFully(received);
            RpcMeta told = RpcMeta.parseFrom(Arrays.copyOf(received, metaSize));
            if (told.getResponse().getErrorCode() != 0) {
                throw new RpcError(told.getResponse().getErrorCode(), told.getResponse().getErrorText());
            }
            return answer.parseFrom(Arrays.copyOfRange(received, metaSize, bodySize));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static final String LEDGER = "jiesuan.v1.SettlementService";

    private final String host;
    private final int port;

    private Settle(String host, int port) {
        this.host = host;
        this.port = port;
    }

    /**
     * Settles for keeps. Where no answer comes it is asked again with the same id, on a new connection: the server
     * settles an id once, and answers it the next time as it did the first. With lose the first answer is not heard.
     */
    SettleResponse settle(SettleRequest request, boolean lose) throws IOException, InterruptedException {
        for (int attempt = 1;; attempt++) {
            try (Channel channel = new Channel(host, port)) {
                if (lose && attempt == 1) {
                    channel.socket.shutdownInput();
                }
                return channel.call(LEDGER, "Settle", request, SettleResponse.parser());
            } catch (RpcError error) {
                // Not confirmed, the store takes nothing now, the server stops, too much at once: ask again. All other
                // codes are final.
                boolean again = error.code == DomainError.NOT_CONFIRMED_VALUE
                        || error.code == DomainError.STORE_UNAVAILABLE_VALUE || error.code == 2003 || error.code == 2004;
                if (!again || attempt == 8) {
                    throw error;
                }
            } catch (IOException noAnswer) {
                if (attempt == 8) {
                    throw noAnswer;
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

    void run(String id) throws IOException, InterruptedException {
        try (Channel channel = new Channel(host, port)) {
            tell("calculated", channel.call("jiesuan.v1.CalculationService", "Calculate", calculation(),
                    CalculateResponse.parser()).getOutcome());

            // The answer of the first attempt is lost: nobody knows what became of it.
            SettleResponse first = settle(visit(id), true);
            tell("settled", first.getOutcome());
            SettleResponse again = settle(visit(id), false);
            System.out.println("asked again: " + (again.equals(first) ? "the same answer" : "ANOTHER ANSWER"));

            SettlementRecord record = channel.call(LEDGER, "Get", GetRequest.newBuilder().setSettlementId(id).build(),
                    SettlementRecord.parser());
            System.out.printf("looked up: person %d in %s%n", record.getRequest().getPerson(), record.getRegion());

            ReverseRequest reverse = ReverseRequest.newBuilder().setSettlementId(id).setReason("wrong person").build();
            ReverseResponse reversal = channel.call(LEDGER, "Reverse", reverse, ReverseResponse.parser());
            System.out.println("taken back: " + (reversal.getSettlementId().equals(id) ? "yes" : "NO"));
            try {
                settle(visit(id), false);
                System.out.println("settled AGAIN");
            } catch (RpcError error) {
                System.out.println("refused: " + error.code + " " + DomainError.forNumber(error.code));
            }
        }
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 3) {
            System.err.println("usage: Settle HOST PORT ID (of a settlement that there is not yet)");
            System.exit(2);
        }
        try {
            new Settle(arguments[0], Integer.parseInt(arguments[1])).run(arguments[2]);
        } catch (RpcError error) {
            System.err.println(error.getMessage());
            System.exit(1);
        }
    }
}
