// franz-go, with its admin package kadm.
package main

import (
	"context"
	"fmt"
	"sort"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	name       = "franz-go"
	topic      = name + "-none"
	adminTopic = name + "-admin"
	txnTopic   = name + "-txn"
	group      = name + "-group"
)

var admin = kadm.NewClient(client())

func client(options ...kgo.Opt) *kgo.Client {
	c, err := kgo.NewClient(append(options, kgo.SeedBrokers(bootstrap), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		panic(err)
	}
	return c
}

func codecOf(codec string) kgo.CompressionCodec {
	return map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	}[codec]
}

func produce(t *T, to, codec string, first, last int) {
	producer := client(kgo.ProducerBatchCompression(codecOf(codec)), kgo.ProducerLinger(5*time.Millisecond))
	defer producer.Close()
	var sent []*kgo.Record
	for i := first; i < last; i++ {
		r := record(i)
		out := &kgo.Record{
			Topic: to, Partition: int32(r.partition), Timestamp: time.UnixMilli(r.ms), Key: r.key, Value: r.value,
		}
		for _, h := range r.headers {
			out.Headers = append(out.Headers, kgo.RecordHeader{Key: h.name, Value: []byte(h.value)})
		}
		sent = append(sent, out)
	}
	for _, result := range producer.ProduceSync(t, sent...) {
		t.ok(result.Err)
	}
	for i, out := range sent {
		t.equal(out.Offset, record(first+i).offset)
	}
}

func rowOf(r *kgo.Record) row {
	out := row{partition: int(r.Partition), offset: r.Offset, ms: r.Timestamp.UnixMilli(), key: r.Key, value: r.Value}
	for _, h := range r.Headers {
		out.headers = append(out.headers, header{h.Key, string(h.Value)})
	}
	return out
}

func read(t *T, reader *kgo.Client, wanted int) []row {
	var got []row
	for len(got) < wanted && t.Err() == nil {
		fetches := reader.PollRecords(t, wanted-len(got))
		fetches.EachError(func(_ string, _ int32, err error) { t.ok(err) })
		fetches.EachRecord(func(r *kgo.Record) { got = append(got, rowOf(r)) })
	}
	return got
}

func readFrom(t *T, from string, wanted int, starts []int64, options ...kgo.Opt) []row {
	offsets := map[int32]kgo.Offset{}
	for p, start := range starts {
		offsets[int32(p)] = kgo.NewOffset().At(start)
	}
	reader := client(append(options, kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{from: offsets}))...)
	defer reader.Close()
	return read(t, reader, wanted)
}

func readAll(t *T, from string, wanted int) []row { return readFrom(t, from, wanted, []int64{0, 0, 0}) }

// config gives the value and the source of one of the admin topic's.
func config(t *T, key string) string {
	found, err := admin.DescribeTopicConfigs(t, adminTopic)
	t.ok(err)
	t.ok(found[0].Err)
	for _, c := range found[0].Configs {
		if c.Key == key {
			return c.MaybeValue() + " " + c.Source.String()
		}
	}
	return "none"
}

func listed(t *T, topic string) bool {
	found, err := admin.ListTopics(t)
	t.ok(err)
	return found.Has(topic)
}

func makeTopics() {
	var names []string
	for _, codec := range codecs {
		names = append(names, name+"-"+codec)
	}
	names = append(names, adminTopic)
	check("create-topic", func(t *T) {
		created, err := admin.CreateTopics(t, 3, 1, map[string]*string{segment: kadm.StringPtr("1048576")}, names...)
		t.ok(err)
		for _, answer := range created {
			t.ok(answer.Err)
			t.equal(answer.NumPartitions, int32(3))
			value := answer.Configs[segment]
			t.equal(value.MaybeValue(), "1048576")
		}
	})
	check("list-topics", func(t *T) {
		for _, n := range names {
			t.until(n, func() bool { return listed(t, n) })
		}
	})
	check("describe-topic", func(t *T) {
		found, err := admin.ListTopics(t, adminTopic)
		t.ok(err)
		var leaders []string
		for _, p := range found[adminTopic].Partitions.Sorted() {
			leaders = append(leaders, fmt.Sprint(p.Partition, ":", p.Leader))
		}
		t.equal(leaders, []string{"0:0", "1:0", "2:0"})
	})
	check("describe-configs", func(t *T) {
		t.equal(config(t, segment), "1048576 "+kmsg.ConfigSourceDynamicTopicConfig.String())
	})
}

func writeAndRead() {
	for _, codec := range codecs {
		check("codec-"+codec, func(t *T) {
			produce(t, name+"-"+codec, codec, 0, count)
			t.sameRows(readAll(t, name+"-"+codec, count), records(0, count))
		})
	}
	checkFields(func(t *T) []row { return readAll(t, topic, count) })
}

func offsets(t *T, found kadm.ListedOffsets, err error) []int64 {
	t.ok(err)
	t.ok(found.Error())
	var got []int64
	for p := range int32(len(found[topic])) {
		got = append(got, found[topic][p].Offset)
	}
	return got
}

func times() {
	check("watermarks", func(t *T) {
		found, err := admin.ListStartOffsets(t, topic)
		t.equal(offsets(t, found, err), []int64{0, 0, 0})
		found, err = admin.ListEndOffsets(t, topic)
		t.equal(offsets(t, found, err), []int64{100, 100, 100})
	})
	check("offsets-for-times", func(t *T) {
		found, err := admin.ListOffsetsAfterMilli(t, middleMs, topic)
		t.equal(offsets(t, found, err), middleOffsets)
		// Where no record is that late, kadm gives the end.
		found, err = admin.ListOffsetsAfterMilli(t, middleMs+1_000_000_000, topic)
		t.equal(offsets(t, found, err), []int64{100, 100, 100})
	})
	check("seek-by-time", func(t *T) {
		at := map[string]map[int32]kgo.Offset{topic: {2: kgo.NewOffset().AfterMilli(middleMs)}}
		reader := client(kgo.ConsumePartitions(at))
		defer reader.Close()
		t.sameRows(read(t, reader, 1), records(101, 102))
	})
}

// member is one of the group; share is what it owns.
type member struct {
	*kgo.Client
	lock  sync.Mutex
	share map[int32]bool
}

func (m *member) owns(now bool) func(context.Context, *kgo.Client, map[string][]int32) {
	return func(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
		m.lock.Lock()
		defer m.lock.Unlock()
		for _, p := range partitions[topic] {
			if now {
				m.share[p] = true
			} else {
				delete(m.share, p)
			}
		}
	}
}

func join() *member { return joinGroup(group) }

func joinGroup(group string, options ...kgo.Opt) *member {
	m := &member{share: map[int32]bool{}}
	m.Client = client(append(options, kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit(),
		kgo.HeartbeatInterval(500*time.Millisecond), kgo.OnPartitionsAssigned(m.owns(true)),
		kgo.OnPartitionsRevoked(m.owns(false)), kgo.OnPartitionsLost(m.owns(false)))...)
	return m
}

// byBroker has the broker assign partitions, by the protocol of KIP-848.
func byBroker(group string) *member {
	return joinGroup(group, kgo.ServerSideBalancer(), kgo.Balancers(kgo.RangeBalancer()))
}

// newGroups shows members of the new protocol among themselves, and with one of the old.
func newGroups() {
	shareAndLeave := func(t *T, first *member, group string) {
		defer first.Close()
		settle(t, []int{3}, first)
		second := byBroker(group)
		settle(t, []int{1, 2}, first, second)
		second.Close()
		settle(t, []int{3}, first)
	}
	check("new-group", func(t *T) { shareAndLeave(t, byBroker(name+"-new"), name+"-new") })
	check("mixed-group", func(t *T) {
		shareAndLeave(t, joinGroup(name+"-mixed", kgo.Balancers(kgo.RangeBalancer())), name+"-mixed")
	})
	none("share-group")
}

// settle waits until the members share the partitions in this way.
func settle(t *T, sizes []int, members ...*member) {
	t.until(fmt.Sprint("shares of ", sizes), func() bool {
		all := map[int32]bool{}
		var got []int
		for _, m := range members {
			m.lock.Lock()
			got = append(got, len(m.share))
			for p := range m.share {
				all[p] = true
			}
			m.lock.Unlock()
		}
		sort.Ints(got)
		return fmt.Sprint(got) == fmt.Sprint(sizes) && len(all) == 3
	})
}

func committed(t *T, of string) map[int32]int64 {
	found, err := admin.FetchOffsets(t, of)
	t.ok(err)
	got := map[int32]int64{}
	found.Each(func(o kadm.OffsetResponse) {
		t.ok(o.Err)
		got[o.Partition] = o.At
	})
	return got
}

func groups() {
	first, second := join(), (*member)(nil)
	check("rebalance", func(t *T) {
		settle(t, []int{3}, first)
		second = join()
		settle(t, []int{1, 2}, first, second)
	})
	check("list-groups", func(t *T) {
		found, err := admin.ListGroups(t)
		t.ok(err)
		t.equal(found[group].State, "Stable")
	})
	check("describe-group", func(t *T) {
		found, err := admin.DescribeGroups(t, group)
		t.ok(err)
		got := found[group]
		t.ok(got.Err)
		t.equal(fmt.Sprintf("%s %d %d", got.State, len(got.Members), len(got.AssignedPartitions()[topic])), "Stable 2 3")
	})
	second.Close()
	check("commit", func(t *T) {
		settle(t, []int{3}, first)
		at := map[int32]kgo.EpochOffset{}
		for p, offset := range committedAt {
			at[int32(p)] = kgo.EpochOffset{Epoch: -1, Offset: offset}
		}
		first.CommitOffsetsSync(t, map[string]map[int32]kgo.EpochOffset{topic: at},
			func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, _ *kmsg.OffsetCommitResponse, err error) { t.ok(err) })
		t.equal(committed(t, group), map[int32]int64{0: 10, 1: 20, 2: 30})
	})
	first.Close()
	check("resume", func(t *T) {
		next := join()
		defer next.Close()
		t.sameRows(read(t, next.Client, len(resumed())), resumed())
	})
}

func send(t *T, partition int32, values ...string) {
	producer := client()
	defer producer.Close()
	for _, value := range values {
		out := &kgo.Record{Topic: adminTopic, Partition: partition, Value: []byte(value)}
		t.ok(producer.ProduceSync(t, out).FirstErr())
	}
}

func values(rows []row) string {
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprint(r.offset, ":", string(r.value)))
	}
	return fmt.Sprint(got)
}

func administer() {
	check("alter-configs", func(t *T) {
		change := kadm.AlterConfig{Op: kadm.SetConfig, Name: "max.message.bytes", Value: kadm.StringPtr("65536")}
		answers, err := admin.AlterTopicConfigs(t, []kadm.AlterConfig{change}, adminTopic)
		t.ok(err)
		t.ok(answers[0].Err)
		source := kmsg.ConfigSourceDynamicTopicConfig.String()
		t.equal(config(t, "max.message.bytes"), "65536 "+source)
		t.equal(config(t, segment), "1048576 "+source)
	})
	check("create-partitions", func(t *T) {
		answers, err := admin.UpdatePartitions(t, 5, adminTopic)
		t.ok(err)
		t.ok(answers.Error())
		t.until("5 partitions", func() bool {
			found, err := admin.ListTopics(t, adminTopic)
			t.ok(err)
			return len(found[adminTopic].Partitions) == 5
		})
		send(t, 4, "into the last")
	})
	check("delete-records", func(t *T) {
		send(t, 0, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
		before := kadm.Offsets{}
		before.AddOffset(adminTopic, 0, 5, -1)
		answers, err := admin.DeleteRecords(t, before)
		t.ok(err)
		t.ok(answers[adminTopic][0].Err)
		t.equal(answers[adminTopic][0].LowWatermark, int64(5))
		t.equal(values(readFrom(t, adminTopic, 5, []int64{5})), "[5:5 6:6 7:7 8:8 9:9]")
		found, err := admin.ListStartOffsets(t, adminTopic)
		t.ok(err)
		t.equal(found[adminTopic][0].Offset, int64(5))
	})
}

func transactions() {
	check("transaction", func(t *T) {
		_, err := admin.CreateTopic(t, 1, 1, nil, txnTopic)
		t.ok(err)
		producer := client(kgo.TransactionalID(txnTopic))
		defer producer.Close()
		for number, end := range []kgo.TransactionEndTry{kgo.TryCommit, kgo.TryAbort, kgo.TryCommit} {
			t.ok(producer.BeginTransaction())
			for i := range 5 {
				out := &kgo.Record{Topic: txnTopic, Value: fmt.Appendf(nil, "%d-%d", number, i)}
				t.ok(producer.ProduceSync(t, out).FirstErr())
			}
			t.ok(producer.EndTransaction(t, end))
		}
		t.equal(values(readFrom(t, txnTopic, 10, []int64{0}, kgo.FetchIsolationLevel(kgo.ReadCommitted()))),
			"[0:0-0 1:0-1 2:0-2 3:0-3 4:0-4 12:2-0 13:2-1 14:2-2 15:2-3 16:2-4]")
	})
	check("transaction-offset", func(t *T) {
		session, err := kgo.NewGroupTransactSession(kgo.SeedBrokers(bootstrap), kgo.TransactionalID(txnTopic),
			kgo.ConsumerGroup(txnTopic+"-group"), kgo.ConsumeTopics(txnTopic), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
		t.ok(err)
		defer session.Close()
		for got := 0; got < 3; {
			fetches := session.PollRecords(t, 3-got)
			t.ok(fetches.Err())
			got += fetches.NumRecords()
		}
		t.ok(session.Begin())
		done, err := session.End(t, kgo.TryCommit)
		t.ok(err)
		t.equal(done, true)
		t.until("the offset", func() bool { return fmt.Sprint(committed(t, txnTopic+"-group")) == "map[0:3]" })
	})
}

func before() {
	makeTopics()
	writeAndRead()
	times()
	groups()
	newGroups()
	administer()
	transactions()
}

func after() {
	check("restart-records", func(t *T) {
		for _, codec := range codecs {
			t.sameRows(readAll(t, name+"-"+codec, count), records(0, count))
		}
	})
	check("restart-configs", func(t *T) {
		t.equal(config(t, segment), "1048576 "+kmsg.ConfigSourceDynamicTopicConfig.String())
	})
	check("restart-commit", func(t *T) { t.equal(committed(t, group), map[int32]int64{0: 10, 1: 20, 2: 30}) })
	check("restart-produce", func(t *T) {
		produce(t, topic, "none", count, count+3)
		t.sameRows(readAll(t, topic, count+3), records(0, count+3))
	})
	check("delete-offsets", func(t *T) {
		set := kadm.TopicsSet{}
		set.Add(topic, 0)
		answers, err := admin.DeleteOffsets(t, group, set)
		t.ok(err)
		t.ok(answers[topic][0])
		t.equal(committed(t, group), map[int32]int64{1: 20, 2: 30})
	})
	check("delete-group", func(t *T) {
		answers, err := admin.DeleteGroups(t, group)
		t.ok(err)
		t.ok(answers[group].Err)
		found, err := admin.ListGroups(t)
		t.ok(err)
		_, there := found[group]
		t.equal(there, false)
	})
	check("delete-topic", func(t *T) {
		answers, err := admin.DeleteTopics(t, adminTopic)
		t.ok(err)
		t.ok(answers[adminTopic].Err)
		t.until("gone from the list", func() bool { return !listed(t, adminTopic) })
	})
}
