// Check a log with the packages of Go's own checksum database, which know nothing of ours.
//
//	main FOLDER VKEY [OLD-CHECKPOINT]
//
// Reads the checkpoint, its signature, every entry and every tile, proves the first and the last
// entry, and the growth from an older checkpoint. Prints the size; exits 1 with what is wrong.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// folder reads tiles from files. Its paths are tlog-tiles' own: without the height.
type folder string

func (f folder) Height() int { return height }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// head returns the size and root of a checkpoint, once its signature fits.
func head(data []byte, vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	check(err)
	opened, err := note.Open(data, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		check(fmt.Errorf("a checkpoint of %q", lines[0]))
	}
	var tree tlog.Tree
	_, err = fmt.Sscanf(lines[1], "%d", &tree.N)
	check(err)
	tree.Hash, err = tlog.ParseHash(lines[2])
	check(err)
	return tree
}

// entries returns all entries, bundle by bundle.
func (f folder) entries(size int64) [][]byte {
	var all [][]byte
	for at := int64(0); at < size; at += 256 {
		tile := tlog.Tile{H: height, L: -1, N: at / 256, W: int(min(256, size-at))}
		path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(string(f), path))
		check(err)
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			all, data = append(all, data[2:2+length]), data[2+length:]
		}
	}
	return all
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func main() {
	log := folder(os.Args[1])
	data, err := os.ReadFile(filepath.Join(os.Args[1], "checkpoint"))
	check(err)
	tree := head(data, os.Args[2])
	// Reads tiles, and believes none that does not lead to the root.
	reader := tlog.TileHashReader(tree, log)
	entries := log.entries(tree.N)
	if int64(len(entries)) != tree.N {
		check(fmt.Errorf("%d entries, not %d", len(entries), tree.N))
	}
	for place, entry := range entries {
		hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(place))})
		check(err)
		if hashes[0] != tlog.RecordHash(entry) {
			check(fmt.Errorf("entry %d is not what was signed", place))
		}
	}
	for _, place := range []int64{0, tree.N - 1} {
		proof, err := tlog.ProveRecord(tree.N, place, reader)
		check(err)
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, place, tlog.RecordHash(entries[place])))
	}
	if len(os.Args) > 3 {
		data, err := os.ReadFile(os.Args[3])
		check(err)
		old := head(data, os.Args[2])
		proof, err := tlog.ProveTree(tree.N, old.N, reader)
		check(err)
		check(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
	}
	fmt.Println(tree.N)
}
