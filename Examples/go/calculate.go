// One claim settled from Go: Apache brpc's baidu_std protocol over a plain socket, with Google's protobuf.
//
// docs/calling/README.md has the commands that make the messages and run this.
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

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: calculate HOST:PORT")
		os.Exit(2)
	}
	connection, err := net.Dial("tcp", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(4)
	}
	defer connection.Close()
	channel := &Channel{Conn: connection}

	request := &jiesuanv1.CalculateRequest{
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
	answer := &jiesuanv1.CalculateResponse{}
	if err := channel.Call("jiesuan.v1.CalculationService", "Calculate", request, answer); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	outcome := answer.GetOutcome()
	fmt.Printf("funds %d account %d cash %d\n", outcome.GetFundTotal(), outcome.GetAccountPaid(), outcome.GetCash())
}
