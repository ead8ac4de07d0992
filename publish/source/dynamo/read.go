package dynamo

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/heraldresults/herald/publish/source"
)

// The key of the table: all items of an election lie in one partition, and the
// item metaRow says what the others are.
const (
	partitionKey = "election"
	sortKey      = "row"
	metaRow      = "#meta"
)

// reads is how often a table that moves is read before it is taken as torn,
// firstPause the pause after the first of them, which then doubles.
const (
	reads      = 4
	firstPause = 100 * time.Millisecond
)

var errMoving = errors.New("it is being written again and again, and a final count is not taken in parts")

// item is one item as DynamoDB gives it.
type item = map[string]types.AttributeValue

// read reads the whole table between two looks at its meta item. When these
// differ, or one says that a batch is being written, rows of two batches may
// stand side by side: it reads again, at most reads times. An intermediate
// count is then handed over all the same, marked as torn; a final one is not.
func (s *Source) read(ctx context.Context) (source.Payload, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	for try, pause := 1, firstPause; ; try, pause = try+1, 2*pause {
		before, err := s.meta(ctx)
		if err != nil {
			return source.Payload{}, err
		}
		rows, err := s.rows(ctx)
		if err != nil {
			return source.Payload{}, err
		}
		after, err := s.meta(ctx)
		if err != nil {
			return source.Payload{}, err
		}
		torn := before.writing || after.writing || before.text != after.text
		if torn && try == reads && !before.intermediate {
			return source.Payload{}, fmt.Errorf("read table %s: %w", s.cfg.Table, errMoving)
		}
		if !torn || try == reads {
			return s.payload(before, rows, torn), nil
		}
		if err := s.wait(ctx, pause); err != nil {
			return source.Payload{}, err
		}
	}
}

// meta reads the item that says what the rows are.
func (s *Source) meta(ctx context.Context) (meta, error) {
	out, err := s.cfg.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.cfg.Table, ConsistentRead: aws.Bool(true), Key: item{
		partitionKey: &types.AttributeValueMemberS{Value: s.cfg.Partition},
		sortKey:      &types.AttributeValueMemberS{Value: metaRow},
	}})
	if err != nil {
		return meta{}, fmt.Errorf("read item %s of table %s: %w", metaRow, s.cfg.Table, err)
	}
	if len(out.Item) == 0 {
		return meta{}, fmt.Errorf("read table %s: election %q has no item %s", s.cfg.Table, s.cfg.Partition, metaRow)
	}
	return newMeta(out.Item), nil
}

// rows reads all other items, page by page, in the order of their payload.
func (s *Source) rows(ctx context.Context) ([]row, error) {
	in := &dynamodb.QueryInput{TableName: &s.cfg.Table, ConsistentRead: aws.Bool(true),
		KeyConditionExpression:    aws.String("#p = :p"),
		ExpressionAttributeNames:  map[string]string{"#p": partitionKey},
		ExpressionAttributeValues: item{":p": &types.AttributeValueMemberS{Value: s.cfg.Partition}},
	}
	if s.cfg.PageItems > 0 {
		in.Limit = &s.cfg.PageItems
	}
	var rows []row
	var size int64
	for {
		page, err := s.cfg.Client.Query(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("read table %s: %w", s.cfg.Table, err)
		}
		for _, it := range page.Items {
			r, err := newRow(it)
			if err != nil {
				return nil, fmt.Errorf("read table %s: %w", s.cfg.Table, err)
			}
			if r.key == metaRow {
				continue
			}
			if size += int64(len(r.text)); size > s.cfg.MaxBytes {
				return nil, fmt.Errorf("read table %s: more than the %d bytes allowed", s.cfg.Table, s.cfg.MaxBytes)
			}
			rows = append(rows, r)
		}
		if len(page.LastEvaluatedKey) == 0 {
			sortRows(rows)
			return rows, nil
		}
		in.ExclusiveStartKey = page.LastEvaluatedKey
	}
}

func (s *Source) payload(m meta, rows []row, torn bool) source.Payload {
	body := appendTable(nil, s.cfg.Partition, m, rows, torn)
	return source.Payload{Feed: s.cfg.Feed, Name: s.cfg.Table + ".json", Body: body,
		Received: time.Now().UTC(), Hash: sha256.Sum256(body)}
}
