package s3store

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// sinkVariable makes the test program a server that answers every PUT with
// 200 at once, so that the benchmark's CPU is the client's alone.
const sinkVariable = "S3STORE_TEST_SINK"

func serveSink() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(l.Addr())
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go sink(conn)
	}
}

func sink(conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReaderSize(conn, 64<<10)
	size := 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		if v, ok := strings.CutPrefix(string(line), "Content-Length: "); ok {
			size, _ = strconv.Atoi(strings.TrimSpace(v))
		}
		if len(line) > 2 {
			continue
		}
		if _, err := r.Discard(size); err != nil {
			return
		}
		if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nEtag: \"0\"\r\nContent-Length: 0\r\n\r\n"); err != nil {
			return
		}
	}
}

func startSink(b *testing.B) string {
	cmd := exec.CommandContext(b.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), sinkVariable+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return "http://" + strings.TrimSpace(address)
}

// BenchmarkCreate sends shards of 4 KB, 64 at a time. cpu-µs/op is this
// process's own time.
func BenchmarkCreate(b *testing.B) {
	b.Run("sink", func(b *testing.B) { benchmarkCreate(b, settings(startSink(b), "bucket")) })
	b.Run("versitygw", func(b *testing.B) {
		w := gateway(b)
		benchmarkCreate(b, settings(w.endpoint, w.bucket(b)))
	})
}

func benchmarkCreate(b *testing.B, c Config) {
	s := open(b, c)
	o := shard("")
	o.Body = []byte(strings.Repeat("0123456789abcdef", 256))
	o.SHA256 = o.Sum()
	var g errgroup.Group
	g.SetLimit(64)
	b.ReportAllocs()
	b.ResetTimer()
	before := processCPU(b)
	for i := range b.N {
		g.Go(func() error {
			o := o
			o.Key = fmt.Sprintf("races/%08d.json", i)
			_, err := s.Create(b.Context(), o)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64((processCPU(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

func processCPU(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
