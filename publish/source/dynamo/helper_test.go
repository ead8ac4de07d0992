package dynamo_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/heraldresults/herald/publish/source"
	"github.com/heraldresults/herald/publish/source/dynamo"
)

// patience bounds what a test waits for; nothing waits for it to pass.
const patience = 30 * time.Second

type item = map[string]types.AttributeValue

func text(s string) types.AttributeValue   { return &types.AttributeValueMemberS{Value: s} }
func number(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }
func yes() types.AttributeValue            { return &types.AttributeValueMemberBOOL{Value: true} }

// tally is a table on a server, with the hand that writes it.
type tally struct {
	t        *testing.T
	client   *dynamodb.Client
	endpoint string
}

func newTally(t *testing.T, endpoint string) *tally {
	t.Helper()
	return &tally{t: t, endpoint: endpoint, client: dynamodb.New(dynamodb.Options{Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: keys()})}
}

func keys() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider("id", "secret", "")
}

func (y *tally) create() *tally {
	y.t.Helper()
	_, err := y.client.CreateTable(y.t.Context(), &dynamodb.CreateTableInput{TableName: aws.String("tally"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("election"), AttributeType: types.ScalarAttributeTypeS}, {AttributeName: aws.String("row"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("election"), KeyType: types.KeyTypeHash}, {AttributeName: aws.String("row"), KeyType: types.KeyTypeRange}}})
	if err != nil {
		y.t.Fatal(err)
	}
	return y
}

// put writes an item of the election "e".
func (y *tally) put(key string, it item) {
	y.t.Helper()
	full := item{"election": text("e"), "row": text(key)}
	for name, v := range it {
		full[name] = v
	}
	if _, err := y.client.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: aws.String("tally"), Item: full}); err != nil {
		y.t.Error(err)
	}
}

func (y *tally) remove(key string) {
	y.t.Helper()
	_, err := y.client.DeleteItem(y.t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String("tally"), Key: item{"election": text("e"), "row": text(key)}})
	if err != nil {
		y.t.Fatal(err)
	}
}

// vote writes the row of a choice of contest m.
func (y *tally) vote(choice, votes string) {
	y.put("m#"+choice, item{"contest": text("m"), "choice": text(choice), "votes": number(votes)})
}

func (y *tally) meta(kind, sequence string) {
	y.put("#meta", item{"kind": text(kind), "as_of": text("2026-05-10T20:15:00Z"), "sequence": number(sequence)})
}

func (y *tally) source(change func(*dynamo.Config)) *dynamo.Source {
	y.t.Helper()
	cfg := dynamo.Config{Feed: "f", Table: "tally", Partition: "e", Region: "us-east-1", Endpoint: y.endpoint, Credentials: keys(), Every: 10 * time.Millisecond}
	if change != nil {
		change(&cfg)
	}
	s, err := dynamo.New(cfg)
	if err != nil {
		y.t.Fatal(err)
	}
	y.t.Cleanup(func() { s.Close() })
	return s
}

// next returns one batch.
func next(t *testing.T, s *dynamo.Source) source.Batch {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	b, err := s.Next(ctx)
	if err != nil {
		t.Fatalf("Next: %v (%+v)", err, s.State())
	}
	return b
}

// body returns the body of the one payload of the next batch.
func body(t *testing.T, s *dynamo.Source) string {
	t.Helper()
	b := next(t, s)
	if len(b.Payloads) != 1 || b.More {
		t.Fatalf("%d payloads, more %v; want one", len(b.Payloads), b.More)
	}
	return string(b.Payloads[0].Body)
}

// between is a proxy that is told each operation before it reaches the server
// and may answer itself.
type between struct {
	*httptest.Server
	mu   sync.Mutex
	seen []string
	hook func(w http.ResponseWriter, operation string, n int) (answered bool)
}

// newBetween stands before the server at endpoint. The hook is told the name of
// the operation and how many of that name were before.
func newBetween(t *testing.T, endpoint string, hook func(w http.ResponseWriter, operation string, n int) bool) *between {
	t.Helper()
	to, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host // part of the signature
	}}
	b := &between{hook: hook}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		if b.hook(w, operation, b.note(operation)) {
			return
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(b.Close)
	return b
}

func (b *between) note(operation string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, s := range b.seen {
		if s == operation {
			n++
		}
	}
	b.seen = append(b.seen, operation)
	return n
}

// throttle is how DynamoDB answers when there are too many requests.
func throttle(w http.ResponseWriter) bool {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(http.StatusBadRequest)
	io.WriteString(w, `{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"too many requests"}`)
	return true
}
