select * from known
