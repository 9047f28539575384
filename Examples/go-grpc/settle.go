// Claims settled from Go by gRPC, once and only once, with grpc-go and the messages that protoc-gen-go makes.
//
// Examples/README.md has the commands that make the messages and run this, and what it shows.
//
// Methods are called by their names, so no stubs of protoc-gen-go-grpc are needed; with them the calls read
// jiesuanv1.NewSettlementServiceClient(connection).Settle(ctx, request).
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	jiesuanv1 "jiesuan.example/jiesuan/v1"
)

// messages packs and unpacks with today's protobuf for Go, also where grpc-go is of before it, as Debian 12's is.
type messages struct{}

func (messages) Name() string { return "proto" }

func (messages) Marshal(value interface{}) ([]byte, error) {
	message, ok := value.(proto.Message)
	if !ok {
		return nil, fmt.Errorf("%T is no message", value)
	}
	return proto.Marshal(message)
}

func (messages) Unmarshal(bytes []byte, value interface{}) error {
	message, ok := value.(proto.Message)
	if !ok {
		return fmt.Errorf("%T is no message", value)
	}
	return proto.Unmarshal(bytes, message)
}

func dial(address string) (*grpc.ClientConn, error) {
	return grpc.Dial(address, grpc.WithInsecure(), grpc.WithDefaultCallOptions(
		grpc.ForceCodec(messages{}),
		// Answers of batches are larger than the 4 MiB that gRPC's clients take by default.
		grpc.MaxCallRecvMsgSize(64<<20),
	))
}

// Client calls methods on one connection; gRPC connects again by itself where it breaks.
type Client struct{ *grpc.ClientConn }

func (c Client) call(ctx context.Context, method string, request, answer proto.Message) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return c.Invoke(ctx, "/jiesuan.v1."+method, request, answer)
}

// asksAgain says whether it is not known if it was settled, or it can be later; all other codes are final.
func asksAgain(err error) bool {
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.ResourceExhausted, codes.Canceled, codes.Unknown:
		return true
	}
	return false
}

// settle settles for keeps. Where no answer comes it is asked again with the same id: the server settles an id once, and
// answers it the next time as it did the first. With lose the first attempt is given up at once, as when a line breaks.
func (c Client) settle(request *jiesuanv1.SettleRequest, lose bool) (*jiesuanv1.SettleResponse, error) {
	for attempt := 1; ; attempt++ {
		ctx, cancel := context.WithCancel(context.Background())
		if lose && attempt == 1 {
			time.AfterFunc(time.Millisecond, cancel)
		}
		answer := &jiesuanv1.SettleResponse{}
		err := c.call(ctx, "SettlementService/Settle", request, answer)
		cancel()
		if err == nil {
			return answer, nil
		}
		if !asksAgain(err) || attempt == 8 {
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
	connection, err := dial(address)
	if err != nil {
		return err
	}
	defer connection.Close()
	client, ctx := Client{connection}, context.Background()
	calculated := &jiesuanv1.CalculateResponse{}
	if err := client.call(ctx, "CalculationService/Calculate", calculation(), calculated); err != nil {
		return err
	}
	tell("calculated", calculated.GetOutcome())

	first, err := client.settle(visit(id), true)
	if err != nil {
		return err
	}
	tell("settled", first.GetOutcome())
	again, err := client.settle(visit(id), false)
	if err != nil {
		return err
	}
	same := "ANOTHER ANSWER"
	if proto.Equal(again, first) {
		same = "the same answer"
	}
	fmt.Println("asked again:", same)

	record := &jiesuanv1.SettlementRecord{}
	if err := client.call(ctx, "SettlementService/Get", &jiesuanv1.GetRequest{SettlementId: id}, record); err != nil {
		return err
	}
	fmt.Printf("looked up: person %d in %s\n", record.GetRequest().GetPerson(), record.GetRegion())

	reversal := &jiesuanv1.ReverseResponse{}
	reverse := &jiesuanv1.ReverseRequest{SettlementId: id, Reason: "wrong person"}
	if err := client.call(ctx, "SettlementService/Reverse", reverse, reversal); err != nil {
		return err
	}
	taken := "NO"
	if reversal.GetSettlementId() == id {
		taken = "yes"
	}
	fmt.Println("taken back:", taken)
	_, err = client.settle(visit(id), false)
	if err == nil {
		return errors.New("settled AGAIN")
	}
	// The text begins with the code's name; its number is in the details (google.rpc.ErrorInfo).
	name := strings.TrimSuffix(strings.Fields(status.Convert(err).Message())[0], ":")
	fmt.Println("refused:", status.Code(err), name)
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
