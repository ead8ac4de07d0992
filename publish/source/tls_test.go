package source

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/heraldresults/herald/fixtures/feedserver"
)

// authority is a made certificate authority and the certificate of a server
// that it has signed.
type authority struct {
	t    *testing.T
	root *x509.Certificate
	key  *ecdsa.PrivateKey
	leaf tls.Certificate
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{t: t, key: key}
	a.root = &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "made authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, a.root, a.root, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if a.root, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a.sign("127.0.0.1", time.Now().Add(time.Hour))
}

// sign returns the authority with another certificate.
func (a *authority) sign(address string, until time.Time) *authority {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: address}, NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: until,
		IPAddresses: []net.IP{net.ParseIP(address)}}
	der, err := x509.CreateCertificate(rand.Reader, leaf, a.root, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	b := *a
	b.leaf = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	return &b
}

func (a *authority) trusted() *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(a.root)
	return &tls.Config{RootCAs: pool}
}

// The ways in which a certificate is wrong.
func expired(a *authority) *authority   { return a.sign("127.0.0.1", time.Now().Add(-time.Hour)) }
func otherHost(a *authority) *authority { return a.sign("192.0.2.7", time.Now().Add(time.Hour)) }
func stranger(a *authority) *authority  { return newAuthority(a.t) }

// sealedServer is a feed server behind TLS, whose certificate can be changed.
type sealedServer struct {
	feed *feedserver.Server
	url  string
	web  *httptest.Server
	mu   sync.Mutex
	by   *authority
}

func sealed(t *testing.T, by *authority) *sealedServer {
	t.Helper()
	s := &sealedServer{feed: feedserver.New(), by: by}
	s.web = httptest.NewUnstartedServer(s.feed)
	s.web.Config.ErrorLog = log.New(io.Discard, "", 0) // it reports each refused handshake
	s.web.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return &tls.Config{Certificates: []tls.Certificate{s.by.leaf}}, nil
	}}
	s.web.StartTLS()
	t.Cleanup(s.web.Close)
	s.url = s.web.URL
	return s
}

// show changes the certificate and makes clients connect again.
func (s *sealedServer) show(by *authority) {
	s.mu.Lock()
	s.by = by
	s.mu.Unlock()
	s.web.CloseClientConnections()
}

// resolver dials whatever it is told, like a name that moves.
type resolver struct {
	mu sync.Mutex
	to net.Addr
}

func (r *resolver) move(to net.Addr) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.to = to
}

func (r *resolver) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	r.mu.Lock()
	to := r.to.String()
	r.mu.Unlock()
	return (&net.Dialer{}).DialContext(ctx, network, to)
}
