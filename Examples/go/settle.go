// Claims settled from Go, once and only once: Apache brpc's baidu_std protocol over a plain socket, with Google's protobuf.
//
// Examples/README.md has the commands that make the messages and run this, and what it shows.
//
// A packet is "PRPC", the body's size, the meta's size (big-endian, the 12 bytes not counted), RpcMeta, message.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"google.golang.org/protobuf/proto"

	baidustd "jiesuan.example/baidu_std"
	jiesuanv1 "jiesuan.example/jiesuan/v1"
)

// RPCError is an error that the server answers: 1000 to 2999 are brpc's own codes, 4000 to 4999 the DomainErrors.
type RPCError struct {
	Code int32
	Text string
}

func (e *RPCError) Error() string { return fmt.Sprintf("refused (%d): %s", e.Code, e.Text) }

// Channel is one connection, one call at a time.
type Channel struct {
	net.Conn
	last int64
}

// Call sends one request and waits for its answer; a refusal is an *RPCError.
func (c *Channel) Call(service, method string, request, answer proto.Message) error {
	c.last++
	meta := &baidustd.RpcMeta{
		CorrelationId: c.last,
		Request:       &baidustd.RpcRequestMeta{ServiceName: service, MethodName: method},
	}
	head, err := proto.Marshal(meta)
	if err != nil {
		return err
	}
	body, err := proto.Marshal(request)
	if err != nil {
		return err
	}
	packet := append([]byte("PRPC"), make([]byte, 8)...)
	binary.BigEndian.PutUint32(packet[4:], uint32(len(head)+len(body)))
	binary.BigEndian.PutUint32(packet[8:], uint32(len(head)))
	if _, err := c.Write(append(append(packet, head...), body...)); err != nil {
		return err
	}

	header := make([]byte, 12)
	if _, err := io.ReadFull(c, header); err != nil {
		return err
	}
	bodySize, metaSize := binary.BigEndian.Uint32(header[4:]), binary.BigEndian.Uint32(header[8:])
	if string(header[:4]) != "PRPC" || metaSize > bodySize {
		return errors.New("not a packet")
	}
	received := make([]byte, bodySize)
	if _, err := io.ReadFull(c, received); err != nil {
		return err
	}
	told := &baidustd.RpcMeta{}
	if err := proto.Unmarshal(received[:metaSize], told); err != nil {
		return err
	}
	if code := told.GetResponse().GetErrorCode(); code != 0 {
		return &RPCError{code, told.GetResponse().GetErrorText()}
	}
	return proto.Unmarshal(received[metaSize:], answer)
}

const ledger = "jiesuan.v1.SettlementService"

func dial(address string) (*Channel, error) {
	connection, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &Channel{Conn: connection}, connection.SetDeadline(time.Now().Add(30 * time.Second))
}

// settle settles for keeps. Where no answer comes it is asked again with the same id, on a new connection: the server
// settles an id once, and answers it the next time as it did the first. With lose the first answer is not waited for.
func settle(address string, request *jiesuanv1.SettleRequest, lose bool) (*jiesuanv1.SettleResponse, error) {
	for attempt := 1; ; attempt++ {
		answer := &jiesuanv1.SettleResponse{}
		channel, err := dial(address)
		if err == nil {
			if lose && attempt == 1 {
				channel.Conn.(*net.TCPConn).CloseRead()
			}
			err = channel.Call(ledger, "Settle", request, answer)
			channel.Close()
		}
		if err == nil {
			return answer, nil
		}
		var refused *RPCError
		if errors.As(err, &refused) {
			switch refused.Code {
			case int32(jiesuanv1.DomainError_NOT_CONFIRMED), int32(jiesuanv1.DomainError_STORE_UNAVAILABLE), 2003, 2004:
				// Not confirmed, the store takes nothing now, the server stops, too much at once: ask again.
			default:
				return nil, err // final
			}
		}
		if attempt == 8 {
			return nil, err
		}
		time.Sleep(50 * time.Millisecond << attempt)
	}
}

func tell(what string, outcome *jiesuanv1.Outcome) {
	fmt.Printf("%s funds %d account %d cash %d\n", what, outcome.GetFundTotal(), outcome.GetAccountPaid(), outcome.GetCash())
}

// calculation is a claim with all facts: what it comes to is told, and nothing is kept.
func calculation() *jiesuanv1.CalculateRequest {
	return &jiesuanv1.CalculateRequest{
		Region: "chongqing",
		Claim: &jiesuanv1.Claim{
			Kind:        jiesuanv1.ClaimKind_CLAIM_KIND_OUTPATIENT,
			ServiceDate: 20240630,
			Institution: &jiesuanv1.Institution{Level: jiesuanv1.Level_LEVEL_2},
			Cost:        &jiesuanv1.CostSplit{Total: 280000, InPolicy: 280000}, // fen (分): 2,800 yuan
		},
		Person: &jiesuanv1.PersonFacts{
			Insurance:  jiesuanv1.Insurance_INSURANCE_EMPLOYEE,
			Membership: jiesuanv1.Membership_MEMBERSHIP_EMPLOYER,
			Status:     jiesuanv1.WorkStatus_WORK_STATUS_RETIRED,
		},
		Year:     &jiesuanv1.YearState{Year: 2024},
		Accounts: []*jiesuanv1.AccountBalance{{Balance: 126000}},
	}
}

// visit is one of a registered person at a registered hospital: the register knows the rest.
func visit(id string) *jiesuanv1.SettleRequest {
	return &jiesuanv1.SettleRequest{
		SettlementId: id,
		Person:       101,
		Institution:  "H2",
		Claim: &jiesuanv1.Claim{
			Kind:        jiesuanv1.ClaimKind_CLAIM_KIND_OUTPATIENT,
			ServiceDate: 20240630,
			Cost:        &jiesuanv1.CostSplit{Total: 5000, InPolicy: 5000},
		},
	}
}

func run(address, id string) error {
	channel, err := dial(address)
	if err != nil {
		return err
	}
	defer channel.Close()
	calculated := &jiesuanv1.CalculateResponse{}
	if err := channel.Call("jiesuan.v1.CalculationService", "Calculate", calculation(), calculated); err != nil {
		return err
	}
	tell("calculated", calculated.GetOutcome())

	// The answer of the first attempt is lost: nobody knows what became of it.
	first, err := settle(address, visit(id), true)
	if err != nil {
		return err
	}
	tell("settled", first.GetOutcome())
	again, err := settle(address, visit(id), false)
	if err != nil {
		return err
	}
	same := "ANOTHER ANSWER"
	if proto.Equal(again, first) {
		same = "the same answer"
	}
	fmt.Println("asked again:", same)

	record := &jiesuanv1.SettlementRecord{}
	if err := channel.Call(ledger, "Get", &jiesuanv1.GetRequest{SettlementId: id}, record); err != nil {
		return err
	}
	fmt.Printf("looked up: person %d in %s\n", record.GetRequest().GetPerson(), record.GetRegion())

	reversal := &jiesuanv1.ReverseResponse{}
	reverse := &jiesuanv1.ReverseRequest{SettlementId: id, Reason: "wrong person"}
	if err := channel.Call(ledger, "Reverse", reverse, reversal); err != nil {
		return err
	}
	taken := "NO"
	if reversal.GetSettlementId() == id {
		taken = "yes"
	}
	fmt.Println("taken back:", taken)
	_, err = settle(address, visit(id), false)
	var refused *RPCError
	if !errors.As(err, &refused) {
		return fmt.Errorf("settled AGAIN, or no answer: %v", err)
	}
	fmt.Println("refused:", refused.Code, jiesuanv1.DomainError(refused.Code))
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: settle HOST:PORT ID (of a settlement that there is not yet)")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
