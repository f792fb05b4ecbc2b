"""Reports: results to blocks, blocks to pages, pages checked before anybody gets them."""
