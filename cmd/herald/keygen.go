package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/mod/sumdb/note"
)

func (p *program) keygenCommand() *cli.Command {
	return &cli.Command{
		Name:      "keygen",
		Usage:     "make the key that signs heads",
		ArgsUsage: "NAME",
		Description: `Writes the private key to a new file that only you can read and prints the
public key. NAME says whose key it is and for what, for example
results.example/2026-11-03-general/live. Use one key for each election and mode.

The key is Ed25519 in the form of C2SP signed notes.

EXAMPLES:
   herald keygen --out herald.key results.example/2026-11-03-general/live
   export HERALD_KEY="$(cat herald.key)"

Print the public key on paper and on the authority's own site.`,
		Flags: []cli.Flag{&cli.StringFlag{Name: "out", Value: "herald.key", Usage: "write the private key to `FILE`"}},
		Action: func(c *cli.Context) error {
			name := c.Args().First()
			if c.NArg() != 1 || strings.ContainsAny(name, " +\t\n") {
				return usage(errors.New("keygen needs one NAME without spaces or plus signs"))
			}
			private, public, err := note.GenerateKey(rand.Reader, name)
			if err != nil {
				return fmt.Errorf("make a key: %w", err)
			}
			f, err := os.OpenFile(c.String("out"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400)
			if err != nil {
				return fmt.Errorf("write the private key: %w", err)
			}
			if _, err := fmt.Fprintln(f, private); err != nil {
				return fmt.Errorf("write the private key: %w", err)
			}
			if err := errors.Join(f.Sync(), f.Close()); err != nil {
				return fmt.Errorf("write the private key: %w", err)
			}
			fmt.Fprintln(p.io.out, public)
			fmt.Fprintf(p.io.err, "The private key is in %s. Put the public key above into the configuration:\n[signing]\npublic_key = %q\n", c.String("out"), public)
			return nil
		},
	}
}
