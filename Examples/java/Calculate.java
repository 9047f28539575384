// One claim settled from Java: Apache brpc's baidu_std protocol over a plain socket, with Google's protobuf.
//
// docs/calling/README.md has the commands that make the messages and run this.
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
import jiesuan.v1.Level;
import jiesuan.v1.Insurance;
import jiesuan.v1.Membership;
import jiesuan.v1.WorkStatus;

public final class Calculate {
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

    public static void main(String[] arguments) throws IOException {
        CalculateRequest.Builder request = CalculateRequest.newBuilder().setRegion("chongqing");
        request.getClaimBuilder().setKind(ClaimKind.CLAIM_KIND_OUTPATIENT).setServiceDate(20240630);
        request.getClaimBuilder().getInstitutionBuilder().setLevel(Level.LEVEL_2);
        request.getClaimBuilder().getCostBuilder().setTotal(280000).setInPolicy(280000); // fen (分): 2,800 yuan
        request.getPersonBuilder().setInsurance(Insurance.INSURANCE_EMPLOYEE)
                .setMembership(Membership.MEMBERSHIP_EMPLOYER).setStatus(WorkStatus.WORK_STATUS_RETIRED);
        request.getYearBuilder().setYear(2024);
        request.addAccountsBuilder().setBalance(126000);

        try (Channel channel = new Channel(arguments[0], Integer.parseInt(arguments[1]))) {
            CalculateResponse answer = channel.call(
                    "jiesuan.v1.CalculationService", "Calculate", request.build(), CalculateResponse.parser());
            System.out.printf("funds %d account %d cash %d%n", answer.getOutcome().getFundTotal(),
                    answer.getOutcome().getAccountPaid(), answer.getOutcome().getCash());
        } catch (RpcError error) {
            System.err.println(error.getMessage());
            System.exit(1);
        }
    }
}
