package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const clientName = "franz-go-1.22.3"

// place is a partition.
type place struct {
	topic     string
	partition int32
}

func (p place) String() string { return fmt.Sprintf("%s/%d", p.topic, p.partition) }

func common(bootstrap string) []kgo.Opt {
	return []kgo.Opt{
		kgo.SeedBrokers(bootstrap), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.RequestTimeoutOverhead(4 * time.Second),
		kgo.RetryBackoffFn(func(int) time.Duration { return 100 * time.Millisecond }),
	}
}

// producer is one session of its proc.
type producer struct {
	*proc
	client      *kgo.Client
	transaction int64
	hasFailed   atomic.Bool
	isBroken    bool
}

// newProducer has transactions if the id is not empty.
func newProducer(p *proc, bootstrap string, chance *rand.Rand, transactionalID string) *producer {
	codecs := []kgo.CompressionCodec{
		kgo.NoCompression(), kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression(),
	}
	options := append(common(bootstrap), kgo.ProducerBatchCompression(codecs[chance.Intn(len(codecs))]),
		kgo.ProducerLinger(time.Duration(chance.Intn(6))*time.Millisecond), kgo.RecordDeliveryTimeout(2*time.Minute))
	if transactionalID != "" {
		options = append(options, kgo.TransactionalID(transactionalID), kgo.TransactionTimeout(20*time.Second))
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		panic(err)
	}
	p.event("ok", "session", fields{"role": "producer", "client": clientName, "idempotent": true})
	return &producer{proc: p, client: client, transaction: -1}
}

func (p *producer) send(to place) {
	value := p.nextValue()
	record := &kgo.Record{Topic: to.topic, Partition: to.partition, Timestamp: time.UnixMilli(time.Now().UnixMilli()), Value: payload(value)}
	if value%3 == 0 {
		record.Headers = []kgo.RecordHeader{{Key: headerName, Value: binary.BigEndian.AppendUint64(nil, uint64(value))}}
	}
	more := fields{"v": value, "k": to.String(), "d": digest(record)}
	if p.transaction >= 0 {
		more["txn"] = p.transaction
	}
	p.event("invoke", "send", more)
	p.client.Produce(context.Background(), record, func(sent *kgo.Record, err error) {
		if err != nil {
			p.hasFailed.Store(true)
			p.event("info", "send", fields{"v": value, "err": err.Error()})
			return
		}
		p.event("ok", "send", fields{"v": value, "off": sent.Offset})
	})
}

func (p *producer) begin() error {
	if err := p.client.BeginTransaction(); err != nil {
		return err
	}
	p.hasFailed.Store(false)
	p.transaction = p.nextValue()
	p.event("ok", "txn_begin", fields{"txn": p.transaction})
	return nil
}

// end aborts where a record has failed: the client would commit all the same. What has no outcome yet is waited for, as its place in the
// log may be taken for that of a later one.
func (p *producer) end(ctx context.Context, isCommit bool) {
	if p.client.Flush(ctx) != nil {
		p.isBroken = true
		return
	}
	function, how := "abort", kgo.TryAbort
	if isCommit && !p.hasFailed.Load() {
		function, how = "commit", kgo.TryCommit
	}
	p.event("invoke", function, fields{"txn": p.transaction})
	if err := p.client.EndTransaction(ctx, how); err != nil {
		p.isBroken = true
		p.event("info", function, fields{"txn": p.transaction, "err": err.Error()})
		return
	}
	p.event("ok", function, fields{"txn": p.transaction})
	p.transaction = -1
}

func (p *producer) close(ctx context.Context) {
	if !p.isBroken {
		_ = p.client.Flush(ctx)
	}
	p.client.Close()
}

// consumer is one session of its proc.
type consumer struct {
	*proc
	client *kgo.Client
}

// newConsumer has these partitions to itself, or what the further options say.
func newConsumer(p *proc, bootstrap string, isCommitted bool, partitions []place, options ...kgo.Opt) *consumer {
	p.event("ok", "session", fields{"role": "consumer", "client": clientName, "committed": isCommitted})
	options = append(append(common(bootstrap), options...), kgo.FetchMaxWait(200*time.Millisecond))
	if isCommitted {
		options = append(options, kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	}
	if partitions != nil {
		options = append(options, assign(p, partitions), kgo.ConsumeResetOffset(kgo.NoResetOffset()))
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		panic(err)
	}
	return &consumer{proc: p, client: client}
}

// assign is for consumers that take partitions to themselves, from the beginning.
func assign(p *proc, partitions []place) kgo.Opt {
	from, ops := map[string]map[int32]kgo.Offset{}, [][]any{}
	for _, at := range partitions {
		if from[at.topic] == nil {
			from[at.topic] = map[int32]kgo.Offset{}
		}
		from[at.topic][at.partition] = kgo.NewOffset().AtStart()
		ops = append(ops, []any{at.String(), 0})
	}
	p.event("ok", "assign", fields{"ops": ops})
	return kgo.ConsumePartitions(from)
}

// member gives the options of a group's member. Rebalances come to pass between polls only, so that their order is known.
func member(p *proc, group string, topics []string) []kgo.Opt {
	rebalanced := func(what string) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, _ *kgo.Client, changed map[string][]int32) {
			ops := [][]any{}
			for topic, partitions := range changed {
				for _, partition := range partitions {
					ops = append(ops, []any{place{topic, partition}.String()})
				}
			}
			p.event("ok", "rebalance", fields{"what": what, "ops": ops})
		}
	}
	return []kgo.Opt{
		kgo.ConsumerGroup(group), kgo.ConsumeTopics(topics...), kgo.Balancers(kgo.RangeBalancer()), kgo.BlockRebalanceOnPoll(),
		kgo.DisableAutoCommit(), kgo.SessionTimeout(6 * time.Second), kgo.HeartbeatInterval(500 * time.Millisecond),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.OnPartitionsAssigned(rebalanced("assigned")),
		kgo.OnPartitionsRevoked(rebalanced("revoked")), kgo.OnPartitionsLost(rebalanced("lost")),
	}
}

// poll gives the offsets behind what it has read.
func (c *consumer) poll(wait time.Duration) map[place]int64 {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	c.event("invoke", "poll", nil)
	ops, behind := [][]any{}, map[place]int64{}
	c.client.PollRecords(ctx, 100).EachRecord(func(record *kgo.Record) {
		at := place{record.Topic, record.Partition}
		ops = append(ops, []any{at.String(), record.Offset, valueOf(record), digest(record)})
		behind[at] = record.Offset + 1
	})
	c.event("ok", "poll", fields{"ops": ops})
	return behind
}

func (c *consumer) commit(ctx context.Context, group string, offsets map[place]int64) {
	ops, wanted := [][]any{}, map[string]map[int32]kgo.EpochOffset{}
	for at, offset := range offsets {
		ops = append(ops, []any{at.String(), offset})
		if wanted[at.topic] == nil {
			wanted[at.topic] = map[int32]kgo.EpochOffset{}
		}
		wanted[at.topic][at.partition] = kgo.EpochOffset{Epoch: -1, Offset: offset}
	}
	c.event("invoke", "commit_offsets", fields{"group": group, "ops": ops})
	kind := "ok"
	c.client.CommitOffsetsSync(ctx, wanted, func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, answer *kmsg.OffsetCommitResponse, err error) {
		if err != nil {
			kind = "info"
			return
		}
		for _, topic := range answer.Topics {
			for _, partition := range topic.Partitions {
				if partition.ErrorCode != 0 {
					kind = "info"
				}
			}
		}
	})
	c.event(kind, "commit_offsets", nil)
}
