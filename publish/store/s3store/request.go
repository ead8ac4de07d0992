package s3store

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/heraldresults/herald/publish/store"
)

// emptySum is the SHA-256 of no bytes, in hex.
const emptySum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// Bounds of what is read from a store.
const (
	maxObject = 256 << 20
	maxError  = 64 << 10
)

// writeBuffer sends header and body of a shard together.
const writeBuffer = 32 << 10

// call is one operation on one key.
type call struct {
	op                   string // for errors
	method, key          string
	object               *store.Object // of a PUT
	ifMatch, ifNoneMatch string
	// hold, unless nil, is called when all but the last byte of the body was
	// handed on, and may delay the last.
	hold func()
}

// answer is what the store said to one request, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
	length int64 // of the object, also in answer to HEAD
}

// newTransport keeps as many connections open as there may be requests, so
// that none is closed and opened again under load. HTTP/1.1 only, since S3
// speaks nothing else; no proxy, since a stray variable would redirect every
// write.
func newTransport(connections, buffer int) *http.Transport {
	var h1 http.Protocols
	h1.SetHTTP1(true)
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:    5 * time.Second,
		MaxIdleConns:           connections,
		MaxIdleConnsPerHost:    connections,
		IdleConnTimeout:        30 * time.Second,
		DisableCompression:     true, // gzip is what is stored, and what is wanted back
		WriteBufferSize:        buffer,
		ReadBufferSize:         8 << 10,
		MaxResponseHeaderBytes: 64 << 10,
		Protocols:              &h1,
	}
}

// request builds and signs one attempt. It sets no GetBody, so net/http cannot
// send a body twice by itself.
func (s *Store) request(ctx context.Context, c call) (*http.Request, error) {
	u := s.base
	u.Path += c.key // CheckKey admits only what no URL escapes
	header := make(http.Header, 16)
	header["User-Agent"] = []string{"herald"}
	r := (&http.Request{
		Method: c.method, URL: &u, Host: u.Host, Header: header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody,
	}).WithContext(ctx)
	payload := emptySum
	if c.object != nil {
		payload = s.addObject(r, *c.object)
	}
	if c.hold != nil {
		r.Body = io.NopCloser(held(c.object.Body, c.hold))
	}
	if c.ifMatch != "" {
		header["If-Match"] = []string{c.ifMatch}
	}
	if c.ifNoneMatch != "" {
		header["If-None-Match"] = []string{c.ifNoneMatch}
	}
	header["X-Amz-Content-Sha256"] = []string{payload}
	creds, err := s.credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("get credentials: %w", err)
	}
	if err := s.signer.SignHTTP(ctx, creds, r, payload, "s3", s.region, time.Now()); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return r, nil
}

// addObject puts body and headers of o into r and returns the body's SHA-256.
func (s *Store) addObject(r *http.Request, o store.Object) string {
	sum := o.Sum()
	if len(o.Body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(o.Body))
		r.ContentLength = int64(len(o.Body))
	}
	r.Header["Content-Type"] = []string{o.ContentType}
	r.Header["Cache-Control"] = []string{o.Class.CacheControl()}
	if o.ContentEncoding != "" {
		r.Header["Content-Encoding"] = []string{o.ContentEncoding}
	}
	for name, value := range o.Meta {
		r.Header.Set("X-Amz-Meta-"+name, value)
	}
	if s.checksum {
		r.Header["X-Amz-Checksum-Sha256"] = []string{base64.StdEncoding.EncodeToString(sum[:])}
	}
	return hex.EncodeToString(sum[:])
}

// held reads body, and calls hold before its last byte.
func held(body []byte, hold func()) io.Reader {
	last := len(body) - 1
	return io.MultiReader(bytes.NewReader(body[:last]), holder(hold), bytes.NewReader(body[last:]))
}

type holder func()

// Read implements io.Reader. It is always at its end.
func (h holder) Read([]byte) (int, error) {
	h()
	return 0, io.EOF
}

// send makes one attempt. An error means that no whole answer came.
func (s *Store) send(ctx context.Context, c call) (answer, error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
	limited, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	a, err := s.exchange(limited, c)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %v: %w", s.timeout, err)
	}
	return a, err
}

func (s *Store) exchange(ctx context.Context, c call) (answer, error) {
	r, err := s.request(ctx, c)
	if err != nil {
		return answer{}, err
	}
	resp, err := s.transport.RoundTrip(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, header: resp.Header, length: resp.ContentLength}
	if c.method == http.MethodHead {
		return a, nil
	}
	limit := int64(maxError)
	if c.method == http.MethodGet && a.status == http.StatusOK {
		limit = maxObject
	}
	a.body, err = readAll(resp, limit)
	if err != nil {
		return answer{}, fmt.Errorf("read the answer: %w", err)
	}
	return a, nil
}

// readAll reads an answer to its end, so that its connection can be used
// again, and refuses one that is longer than limit or shorter than announced
// (net/http hands out no more than was announced).
func readAll(resp *http.Response, limit int64) ([]byte, error) {
	if resp.ContentLength > limit {
		return nil, fmt.Errorf("it announces %d bytes, more than %d", resp.ContentLength, limit)
	}
	if resp.ContentLength >= 0 {
		body := make([]byte, resp.ContentLength)
		if n, err := io.ReadFull(resp.Body, body); err != nil {
			return nil, fmt.Errorf("%d of %d bytes came: %w", n, len(body), err)
		}
		return body, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("it is longer than %d bytes", limit)
	}
	return body, nil
}
