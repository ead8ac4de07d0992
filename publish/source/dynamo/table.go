package dynamo

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// meta is the item that says what the rows are.
type meta struct {
	text         string // its attributes as members of the payload
	intermediate bool
	writing      bool // a batch is being written
}

func newMeta(it item) meta {
	m := meta{text: string(appendMembers(nil, it, partitionKey, sortKey, "writing"))}
	if kind, ok := it["kind"].(*types.AttributeValueMemberS); ok {
		m.intermediate = kind.Value == "intermediate"
	}
	if writing, ok := it["writing"].(*types.AttributeValueMemberBOOL); ok {
		m.writing = writing.Value
	}
	return m
}

// row is one row of the table.
type row struct {
	order int64
	key   string
	text  string // a JSON object
}

func newRow(it item) (row, error) {
	var r row
	if key, ok := it[sortKey].(*types.AttributeValueMemberS); ok {
		r.key = key.Value
	}
	if v, stated := it["order"]; stated {
		n, ok := v.(*types.AttributeValueMemberN)
		if !ok {
			return r, fmt.Errorf("the order of item %q is no number", r.key)
		}
		var err error
		if r.order, err = strconv.ParseInt(n.Value, 10, 64); err != nil {
			return r, fmt.Errorf("the order of item %q is %s, which is no whole number", r.key, n.Value)
		}
	}
	r.text = "{" + string(appendMembers(nil, it, partitionKey, sortKey, "order")) + "}"
	return r, nil
}

// sortRows puts rows into the order of the payload: by their attribute `order`,
// 0 when they have none, then by their key.
func sortRows(rows []row) {
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.key, b.key)) })
}

// appendTable appends the payload: equal items give equal bytes.
func appendTable(dst []byte, partition string, m meta, rows []row, torn bool) []byte {
	dst = appendText(append(dst, `{"election":`...), partition)
	if m.text != "" {
		dst = append(append(dst, ','), m.text...)
	}
	if torn {
		dst = append(dst, `,"torn":true`...)
	}
	dst = append(dst, `,"rows":[`...)
	for i, r := range rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(dst, '\n'), r.text...)
	}
	return append(dst, "]}\n"...)
}

// appendMembers appends the attributes of an item as members of a JSON object,
// sorted by name, without those named.
func appendMembers(dst []byte, it item, without ...string) []byte {
	first := true
	for _, name := range slices.Sorted(maps.Keys(it)) {
		if slices.Contains(without, name) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(appendText(dst, name), ':')
		dst = appendValue(dst, it[name])
	}
	return dst
}

// appendValue appends text, number, boolean or null as it is. Sets, lists, maps
// and bytes become an empty object, which the decoder refuses where it looks
// for something else.
func appendValue(dst []byte, v types.AttributeValue) []byte {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return appendText(dst, v.Value)
	case *types.AttributeValueMemberN:
		if json.Valid([]byte(v.Value)) {
			return append(dst, v.Value...)
		}
		return appendText(dst, v.Value)
	case *types.AttributeValueMemberBOOL:
		return strconv.AppendBool(dst, v.Value)
	case *types.AttributeValueMemberNULL:
		return append(dst, "null"...)
	}
	return append(dst, "{}"...)
}

func appendText(dst []byte, s string) []byte {
	quoted, err := json.Marshal(s)
	if err != nil {
		panic("dynamo: " + err.Error()) // a string can always be written
	}
	return append(dst, quoted...)
}
