package verify_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"

	"github.com/heraldresults/herald/publish/verify"
)

// A newsroom prints the leader of every race. Calling Results again fetches
// the head, and below it only what moved.
func ExampleReader_Results() {
	s, err := newSite() // a made election, served below
	if err != nil {
		log.Fatal(err)
	}
	if err := s.count([3][2]int64{{1210, 977}, {430, 808}, {55, 55}}); err != nil {
		log.Fatal(err)
	}
	srv := httptest.NewServer(s)
	defer srv.Close()

	r, err := verify.NewReader(verify.Config{
		Fetch:    verify.HTTP(nil, srv.URL),
		Election: "made-2026",
		Verifier: s.key, // note.NewVerifier of the key the authority printed
	})
	if err != nil {
		log.Fatal(err)
	}
	res, err := r.Results(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("release %d, %s\n", res.Head.Number, res.Head.Mode)
	for _, race := range res.Races {
		if c, votes, ok := race.Leader(); ok {
			fmt.Printf("%s, %s: %s leads with %v\n", race.Contest.Name, race.Unit.Name, c.Name, votes)
		} else {
			fmt.Printf("%s, %s: nobody leads\n", race.Contest.Name, race.Unit.Name)
		}
	}
	// Output:
	// release 2, test
	// Mayor, Town town-0: Ana leads with 1210
	// Mayor, Town town-1: Bia leads with 808
	// Mayor, Town town-2: nobody leads
}
