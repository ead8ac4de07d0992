package s3store

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/heraldresults/herald/publish/store"
)

// answerError is an answer that is not a success. kind is one of the store's
// sentinels, or nil when the outcome is unknown.
type answerError struct {
	status        int
	code, message string // from the store's error document
	requestID     string
	kind          error
}

// Error gives the store's words, never the request's headers.
func (e *answerError) Error() string {
	var b strings.Builder
	if e.kind != nil {
		b.WriteString(e.kind.Error() + ": ")
	}
	fmt.Fprintf(&b, "the store answered %d", e.status)
	if e.code != "" {
		b.WriteString(" " + e.code)
	}
	if e.message != "" {
		b.WriteString(": " + e.message)
	}
	if e.requestID != "" {
		b.WriteString(" (request " + e.requestID + ")")
	}
	return b.String()
}

// Unwrap returns the sentinel.
func (e *answerError) Unwrap() error { return e.kind }

// result says what the answer to c means: nil for a success, which always has
// a tag.
func (a answer) result(c call) error {
	code, message := a.document()
	if a.status == http.StatusOK && (code == "" || c.object == nil) {
		if a.tag() == "" {
			return errors.New("the store answered 200 without an ETag")
		}
		return nil
	}
	return &answerError{
		status:    a.status,
		code:      code,
		message:   message,
		requestID: plain(a.header.Get("X-Amz-Request-Id")),
		kind:      kind(c, a.status, code),
	}
}

func (a answer) tag() store.Tag { return store.Tag(a.header.Get("Etag")) }

// document reads the error document that an answer may hold. S3 sends one
// even with status 200 when a write went wrong after the status was sent.
func (a answer) document() (code, message string) {
	if !bytes.Contains(a.body, []byte("<Error")) {
		return "", ""
	}
	var doc struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
	}
	if err := xml.Unmarshal(a.body, &doc); err != nil || doc.Code == "" {
		return "UnreadableError", ""
	}
	return plain(doc.Code), plain(doc.Message)
}

// plain cuts what a store says to one line of 200 printable characters.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if len(s) > 200 {
		s = s[:200] + "…"
	}
	return strings.ToValidUTF8(s, "?")
}

// kind chooses the sentinel for an answer that is not a success. Codes decide
// before statuses, since a code can come with status 200.
func kind(c call, status int, code string) error {
	switch code {
	case "PreconditionFailed":
		return lost(c)
	case "NoSuchKey":
		return missing(c)
	case "NoSuchBucket", "NotImplemented":
		return store.ErrRefused
	case "RequestTimeout", "SlowDown", "InternalError", "ServiceUnavailable", "ConditionalRequestConflict", "OperationAborted":
		return nil
	}
	switch {
	case status == http.StatusPreconditionFailed:
		return lost(c)
	case status == http.StatusNotFound:
		return missing(c)
	case status == http.StatusConflict, status == http.StatusRequestTimeout, status == http.StatusTooManyRequests:
		return nil
	case status >= 300 && status < 500, status == http.StatusNotImplemented:
		return store.ErrRefused
	}
	return nil
}

// lost is what a failed condition means to c.
func lost(c call) error {
	switch {
	case c.ifNoneMatch != "":
		return store.ErrExists
	case c.ifMatch != "":
		return store.ErrConflict
	}
	return store.ErrRefused
}

// missing is what an absent object means to c.
func missing(c call) error {
	switch {
	case c.object == nil:
		return store.ErrNotFound
	case c.ifMatch != "":
		return store.ErrConflict
	}
	return store.ErrRefused
}
