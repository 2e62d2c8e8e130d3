package main

import (
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"math/rand"
	"os"
	"sync"
	"syscall"
	"unsafe"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	headerName = "v"
	valueBits  = 40
	small      = 200
)

// recorder writes events to a file, each with one write, so that what was recorded outlives the process.
type recorder struct {
	sync.Mutex
	file *os.File
}

type fields map[string]any

// monotonicNs is the clock of all processes of a run, which package time does not show.
func monotonicNs() int64 {
	const clockMonotonic = 1
	var at syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&at)), 0); errno != 0 {
		panic(errno)
	}
	return at.Nano()
}

// proc names events and values as those of one goroutine.
type proc struct {
	*recorder
	number int64
	values int64
}

func (p *proc) event(kind, function string, more fields) {
	event := fields{"t": monotonicNs(), "proc": p.number, "type": kind, "f": function}
	for name, value := range more {
		event[name] = value
	}
	line, err := json.Marshal(event)
	if err != nil {
		panic(err)
	}
	p.Lock()
	defer p.Unlock()
	if _, err := p.file.Write(append(line, '\n')); err != nil {
		panic(err)
	}
}

func (p *proc) nextValue() int64 {
	p.values++
	return p.number<<valueBits | p.values
}

// payload is the content that a value gives.
func payload(value int64) []byte {
	chance := rand.New(rand.NewSource(value))
	content := binary.BigEndian.AppendUint64(nil, uint64(value))
	filling := make([]byte, chance.Intn(small))
	chance.Read(filling)
	return append(content, filling...)
}

// valueOf is -1 if none can be told.
func valueOf(record *kgo.Record) int64 {
	found := record.Value
	for _, header := range record.Headers {
		if found == nil && header.Key == headerName {
			found = header.Value
		}
	}
	if len(found) < 8 {
		return -1
	}
	return int64(binary.BigEndian.Uint64(found))
}

func digest(record *kgo.Record) uint32 {
	all := binary.BigEndian.AppendUint64(nil, uint64(record.Timestamp.UnixMilli()))
	add := func(part []byte) {
		size := uint32(len(part))
		if part == nil {
			size = ^uint32(0)
		}
		all = append(binary.BigEndian.AppendUint32(all, size), part...)
	}
	add(record.Key)
	add(record.Value)
	for _, header := range record.Headers {
		all = append(all, header.Key...)
		add(header.Value)
	}
	return crc32.ChecksumIEEE(all)
}
